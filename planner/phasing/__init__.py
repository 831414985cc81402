"""How a plan begins: who may stay at today's school, and what that means year by year.

`policy` is what a board adopts, `change` where everybody goes today and under the plan, `staying`
who stays, `course` what schools hold, `yearly` the tables; `phase_in` puts them together, `run`
does it for a run folder.
"""

from planner.phasing.phase_in import PhaseIn, phase_in
from planner.phasing.policy import Policy, parse_policies
from planner.phasing.run import follow_run
from planner.phasing.words import phase_in_text

__all__ = ["PhaseIn", "Policy", "follow_run", "parse_policies", "phase_in", "phase_in_text"]
