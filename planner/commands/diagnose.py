"""``planner diagnose``: why no plan exists."""

from __future__ import annotations

from typing import Annotated

import typer

from planner.commands.interrupt import DIAGNOSE, stop_on_interrupt
from planner.commands.solve import ScenarioFile
from planner.commands.terminal import (
    INFEASIBLE,
    INTERRUPTED,
    AsJson,
    answer,
    end,
    speaking,
    stderr,
    write_json,
)


@speaking
def diagnose(
    scenario: ScenarioFile,
    time_limit: Annotated[
        float,
        typer.Option(metavar="S", min=0.0, help="Look for S seconds at each level [s]."),
    ] = 300.0,
    as_json: AsJson = False,
) -> None:
    """Say which rules are in conflict, and what would be enough.

    First what adding up shows: fewer seats than students.  Then the fewest rules that no plan can
    hold together, and for each of them the least by which it must give way while the others are
    kept: in students, or in the unit of the limit.  Beside it a plan that is known to do, with
    what the rule measures there.  Then further conflicts, of other rules, three in all at most.
    Exit code 3 where a conflict is proven, 0 where none is.

    Example: planner diagnose scenario.toml
    """
    from geodata import load_district
    from planner.conflicts import find_conflicts
    from planner.progress import TerminalProgress
    from planner.scenario import load_scenario

    asked = load_scenario(scenario)
    district = load_district(asked.district)
    with stop_on_interrupt(DIAGNOSE) as interrupt, TerminalProgress(stderr()) as line:
        found = find_conflicts(
            asked, district, time_limit_s=time_limit, progress=line, interrupt=interrupt
        )
    if as_json:
        write_json({"title": asked.title, "levels": [conflict.to_dict() for conflict in found]})
    else:
        for conflict in found:
            answer(conflict.level)
            answer("\n".join(f"  {sentence}" for sentence in conflict.diagnosis.sentences))
    if any(conflict.diagnosis.is_infeasible for conflict in found):
        end(INFEASIBLE)
    if interrupt.is_set():
        end(INTERRUPTED)
