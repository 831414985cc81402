"""From a run folder to the folder of its phase-in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from planner.errors import ScenarioError
from planner.phasing.files import MARK, write_phase_in
from planner.phasing.phase_in import PhaseIn, phase_in
from planner.phasing.policy import parse_policies
from planner.runs import read_run, stage_folder
from planner.runs.inputs import district_of, events_of
from planner.structures.ageing import Ageing

__all__ = ["follow_run"]


def follow_run(
    run: Path,
    out: Path,
    *,
    stay: str,
    siblings: str = "",
    years: int = 5,
    entry_growth: float = 0.0,
    overwrite: bool = False,
    draw: Callable[[PhaseIn, Path], None] | None = None,
) -> PhaseIn:
    """Follow a run's plan through its first years and write what comes of it.

    Parameters
    ----------
    run, out : Path
        Run folder, and the folder to write.
    stay : str
        Policies, as `parse_policies` reads them.
    siblings : str
        Shares of siblings with commas between them; empty: none.
    years : int [years]
    entry_growth : float [share a year]
    overwrite : bool
        Replace an earlier phase-in in `out`.
    draw : function of (found, folder), optional
        Adds a page to the folder.

    Raises
    ------
    PlannerError
        Where the run holds no plan, its district has changed, or an option cannot be meant.
    """
    read = read_run(run)
    plan = read.need_plan(
        "only a plan can begin",
        "name a run with a plan; 'planner diagnose' says why a scenario has none",
    )
    policies = parse_policies(stay, _shares(siblings))
    with stage_folder(out, overwrite=overwrite, mark=MARK) as folder:
        found = phase_in(
            district_of(read),
            plan,
            policies,
            ageing=Ageing(years=years, entry_growth=entry_growth),
            events=events_of(read.record),
            title=read.title,
        )
        write_phase_in(found, folder)
        if draw is not None:
            draw(found, folder)
    return found


def _shares(text: str) -> tuple[float, ...]:
    """Read shares of siblings."""
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise ScenarioError(
            f"{text!r} cannot be read as shares of siblings",
            "one share is needed for each distance in grades",
            "write numbers of 0 to 1 with commas, such as 0.02,0.12,0.10",
        ) from None
