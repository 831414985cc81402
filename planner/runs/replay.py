"""Solve again what a run recorded, and hold the two plans against each other."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from geodata import District
from planner.errors import RunError
from planner.plan import Plan, write_plan
from planner.progress import ProgressListener, silent
from planner.runs.inputs import district_of, scenario_of
from planner.runs.reader import Run
from planner.runs.record import file_digest, plan_id, versions
from planner.solving import UNPROVEN, solve

__all__ = ["Replay", "replay"]


@dataclass(frozen=True, slots=True)
class Replay:
    """What came of a second solve.

    Parameters
    ----------
    is_identical : bool
        Whether plan.csv is the same, byte for byte.
    plan_id_before, plan_id_again : str
    iterations : int
    differing_versions : dict of name to (then, now)
        Libraries that are not those of the run.
    given : tuple of str
        Plans that the search begins with and that are taken from the record, not found again.
    """

    is_identical: bool
    plan_id_before: str
    plan_id_again: str
    iterations: int
    differing_versions: dict[str, tuple[str, str]]
    given: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain values, for JSON."""
        return {
            "identical": self.is_identical,
            "plan_id": self.plan_id_before,
            "plan_id_again": self.plan_id_again,
            "iterations": self.iterations,
            "differing_versions": {
                name: {"then": then, "now": now}
                for name, (then, now) in self.differing_versions.items()
            },
            "given": list(self.given),
        }


def replay(
    run: Run, *, progress: ProgressListener = silent, interrupt: threading.Event | None = None
) -> Replay | None:
    """Repeat a run's search, step by step, from its own record.

    Parameters
    ----------
    run : Run
    progress : ProgressListener
    interrupt : Event, optional
        Set from outside, it ends the replay.

    Returns
    -------
    Replay or None
        None where it was interrupted.

    Raises
    ------
    RunError
        Where the run has no plan or no search to repeat, or its inputs have changed.
    """
    run.need_plan(
        "a replay repeats how a plan was found",
        "name a run with a plan; 'planner diagnose' says why a scenario has none",
    )
    search = run.record.get("search", {})
    if "levels" not in search:
        raise RunError(
            f"{run.folder} holds no search that could be repeated",
            "only a plan that 'planner solve' found has one",
            "name a run that 'planner solve' wrote",
        )
    district = district_of(run)
    scenario = replace(scenario_of(run), district=run.input_path("district"))
    solution = solve(
        scenario,
        district=district,
        seed=int(run.record["seed"]),
        threads=int(run.record["threads"]),
        progress=progress,
        interrupt=interrupt,
        script=dict(search),
    )
    if interrupt is not None and interrupt.is_set():
        return None
    again = "" if solution.plan is None else _bytes_digest(solution.plan, solution.district)
    return Replay(
        is_identical=again == run.record["files"]["plan.csv"],
        plan_id_before=run.plan_id,
        plan_id_again=plan_id(solution.district, scenario.resolved, solution.plan),
        iterations=solution.iterations,
        differing_versions=_differing_versions(run),
        given=tuple(_given_plans(search)),
    )


def _differing_versions(run: Run) -> dict[str, tuple[str, str]]:
    """Return the libraries that are not those of the run: then, now."""
    then = run.record.get("versions", {})
    return {
        name: (str(then.get(name)), now)
        for name, now in versions().items()
        if then.get(name) != now
    }


def _given_plans(search: dict[str, Any]) -> Iterator[str]:
    """Tell the plans that a record holds itself."""
    if "start" in search:
        yield "the plan that the search was started from"
    for level in search["levels"]:
        for stage in level["stages"]:
            if UNPROVEN in stage:
                yield (
                    f"{level['level']}, aim {stage['aim']}: the plan of the exact model, which "
                    "was stopped before its proof"
                )


def _bytes_digest(plan: Plan, district: District) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.csv"
        write_plan(plan, path, district.levels)
        return file_digest(path)
