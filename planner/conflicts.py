"""Why a scenario has no plan, level by level, in the words of its own rules."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.alone import alone, shared_schools
from planner.model.diagnose import Diagnosis, diagnose
from planner.needs import listed
from planner.problem import Problem
from planner.rules import SchoolInOwnZone
from planner.scenario.words import ROOTED
from planner.terms import Constraint

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan
    from planner.scenario import Scenario

__all__ = ["Conflict", "find_conflicts"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What was found for one level.

    Parameters
    ----------
    level : str
    diagnosis : Diagnosis
    """

    level: str
    diagnosis: Diagnosis

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain values, for JSON."""
        found = self.diagnosis
        return {
            "level": self.level,
            "infeasible": found.is_infeasible,
            "rules": list(found.conflict),
            "relaxations": [relaxation.sentence for relaxation in found.relaxations],
            "sentences": list(found.sentences),
        }


def _named(scenario: Scenario, problem: Problem) -> dict[str, list[Constraint]]:
    """Return the rules by their sentences; where two read alike, they are numbered."""
    named: dict[str, list[Constraint]] = {}
    for rule in scenario.rules_for(problem.level):
        sentence, number = rule.sentence(), 1
        while sentence in named:
            number += 1
            sentence = f"{rule.sentence().rstrip('.')} ({number})."
        named[sentence] = rule.lower(problem)
    return named


def find_conflicts(
    scenario: Scenario,
    district: District,
    *,
    drawn: Plan | None = None,
    time_limit_s: float = math.inf,
    interrupt: threading.Event | None = None,
) -> list[Conflict]:
    """Look for the fewest rules that no plan can hold together, and what would be enough to give.

    Parameters
    ----------
    scenario : Scenario
    district : District
    drawn : Plan, optional
        Levels that have a plan, as in `Scenario.problems`; they are not asked about.
    time_limit_s : float [s]
        For each level; what is not decided by then counts as not proven.
    interrupt : Event, optional
        Set from outside, it ends the search for conflicts.
    """
    stop = None if interrupt is None else interrupt.is_set
    found = []
    problems = scenario.problems(district, drawn)
    for level, problem in problems.items():
        if drawn is not None and level in drawn.levels:
            continue
        scenario.constraints(problem)  # tells everything the district lacks for any rule, at once
        ask = partial(diagnose, time_limit=time_limit_s, interrupt=stop)
        diagnosis = ask(problem, _named(scenario, problem))
        if diagnosis.is_infeasible and (shared := shared_schools(problems, level)):
            asked, free = alone(scenario, district, level, shared)
            whatever = ask(free, _named(asked, free))
            diagnosis = whatever if whatever.is_infeasible else _beside(diagnosis, shared)
        if diagnosis.is_infeasible and not _holds_roots(scenario, level):
            diagnosis = replace(diagnosis, sentences=(*diagnosis.sentences, ROOTED.strip()))
        found.append(Conflict(level, diagnosis))
    return found


def _holds_roots(scenario: Scenario, level: str) -> bool:
    """Tell whether a rule says that every zone keeps its school's block, as every plan does."""
    return any(isinstance(rule, SchoolInOwnZone) for rule in scenario.rules_for(level))


def _beside(diagnosis: Diagnosis, shared: frozenset[str]) -> Diagnosis:
    """Say that a conflict is proven only beside the other levels as they are."""
    note = (
        "Other plans of the other levels may leave room; beside those levels as drawn or as they "
        f"stand today, at {listed(sorted(shared))}, the following holds."
    )
    return replace(diagnosis, is_infeasible=False, sentences=(note, *diagnosis.sentences))
