"""The main job, end to end, on the built-in town: district, scenario, plan, map."""

from __future__ import annotations

import threading
from pathlib import Path
from time import monotonic

from planner.errors import SolverError
from planner.examples import FIRST, copy_example
from planner.hearing import report
from planner.progress import Progress, ProgressListener, later, silent
from planner.runs.solving import Outcome, solve_into
from planner.scenario import load_scenario

__all__ = ["run_demo"]


def run_demo(
    out: Path,
    *,
    time_limit_s: float | None = None,
    progress: ProgressListener = silent,
    interrupt: threading.Event | None = None,
) -> Outcome:
    """Write the built-in town, solve its first scenario and report it.

    Parameters
    ----------
    out : Path
        Folder to make: ``district/``, ``scenario.toml``, ``run/``, ``report/index.html``.
    time_limit_s : float, optional [s]
        Of the solve; the scenario's own by default.
    progress : ProgressListener
    interrupt : Event, optional
        Set from outside, it stops the solve; the rest of the job goes on.

    Raises
    ------
    RunError
        Where `out` is already there.
    SolverError
        Where the solve found no plan.
    KeyboardInterrupt
        Where it was stopped before it had one.
    """
    start = monotonic()
    progress(Progress("town", message="writing the built-in town"))
    copy_example(FIRST, out)
    outcome = solve_into(
        out / "run",
        load_scenario(out / "scenario.toml"),
        time_limit_s=time_limit_s,
        progress=progress,
        interrupt=interrupt,
    )
    if outcome.evaluation is None:
        if interrupt is not None and interrupt.is_set():
            raise KeyboardInterrupt
        raise SolverError(
            f"{out / 'run'}: the demo ended without a plan ({outcome.solution.status})",
            "its scenario has plans, so the machine had too little time",
            "run it again with more time, or solve its scenario by hand",
        )
    drawing = later(progress, monotonic() - start)
    drawing(Progress("report", message="drawing the maps"))
    translations = out / "spanish.toml"
    report([out / "run"], out / "report", translations=translations, progress=drawing)
    return outcome
