"""The one place that gives models of plans to HiGHS: hand-over, options, an honest reading.

PuLP's own status says "Optimal" at a time limit; here the model status and the solution status
that HiGHS itself keeps are read.  The number of threads is a property of the whole process in
HiGHS, so its scheduler is reset whenever it changes: do not solve with different numbers of threads
at the same time in one process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Any, TypeAlias

import highspy
import numpy as np

from geodata.dtypes import Floats
from planner.errors import SolverError
from planner.model.rows import LinearModel
from planner.model.scaling import Scaling, scale, scaled_matrix

Interrupt: TypeAlias = Callable[[], bool]

_threads_in_use: list[int] = []
_lock = Lock()


class SolverStatus(StrEnum):
    """What the solver can vouch for."""

    OPTIMAL = "optimal"  # within the tolerance that was asked for
    INFEASIBLE = "infeasible"
    LIMIT = "limit"  # stopped by a limit of time or nodes
    INTERRUPTED = "interrupted"
    FAILED = "failed"  # says nothing about the model


_STATUS = {
    highspy.HighsModelStatus.kOptimal: SolverStatus.OPTIMAL,
    highspy.HighsModelStatus.kModelEmpty: SolverStatus.OPTIMAL,
    highspy.HighsModelStatus.kInfeasible: SolverStatus.INFEASIBLE,
    highspy.HighsModelStatus.kTimeLimit: SolverStatus.LIMIT,
    highspy.HighsModelStatus.kIterationLimit: SolverStatus.LIMIT,
    highspy.HighsModelStatus.kSolutionLimit: SolverStatus.LIMIT,
    highspy.HighsModelStatus.kObjectiveBound: SolverStatus.LIMIT,
    highspy.HighsModelStatus.kObjectiveTarget: SolverStatus.LIMIT,
    highspy.HighsModelStatus.kInterrupt: SolverStatus.INTERRUPTED,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back from the solver, in the model's own units.

    Parameters
    ----------
    status : SolverStatus
    has_solution : bool
        Whether `x` holds a feasible point.
    objective : float
        Of `x`, computed again from the model; NaN without a solution.
    bound : float
        No point of the model is lower (by the solver's word); -inf where it knows nothing.
    x : (c,) float64 or None
        Whole-number columns are rounded to whole numbers.
    row_dual : (r,) float64 or None
        Only of linear programs.
    nodes : int
    seconds : float
    """

    status: SolverStatus
    has_solution: bool
    objective: float
    bound: float
    x: Floats | None
    row_dual: Floats | None
    nodes: int
    seconds: float


def open_highs(threads: int = 1, **options: Any) -> highspy.Highs:
    """Start a silent solver with these HiGHS options.

    Raises
    ------
    SolverError
        Where HiGHS does not know an option or its value.
    """
    with _lock:
        if _threads_in_use != [threads]:
            highspy.Highs.resetGlobalScheduler(True)
            _threads_in_use[:] = [threads]
    start: Any = highspy.Highs
    solver: highspy.Highs = start()
    solver.setOptionValue("output_flag", False)
    for name, value in {"threads": threads, **options}.items():
        if solver.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverError(
                f"the solver does not accept the option {name} = {value!r}",
                "it would otherwise run with a setting nobody asked for",
                "correct the option or update HiGHS",
            )
    return solver


def pass_model(solver: highspy.Highs, model: LinearModel, *, relax: bool = False) -> Scaling:
    """Hand a model over in one call, scaled by powers of two, without whole numbers if wished."""
    scaling = scale(model)
    matrix = scaled_matrix(model, scaling)
    nothing, no_start = np.zeros(0), np.zeros(0, dtype=np.int32)
    integer = np.zeros(model.n_columns) if relax else model.integer
    status = solver.passModel(
        model.n_columns,
        model.n_rows,
        matrix.nnz,
        0,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.HessianFormat.kTriangular),
        int(highspy.ObjSense.kMinimize),
        model.constant * scaling.objective,
        model.cost * scaling.columns * scaling.objective,
        model.lower / scaling.columns,
        model.upper / scaling.columns,
        model.row_lower * scaling.rows,
        model.row_upper * scaling.rows,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        no_start,
        no_start,
        nothing,
        integer.astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise SolverError(
            "the solver refused the model",
            "nothing was solved",
            "look for numbers that are not finite in the district's tables",
        )
    return scaling


def pass_start(solver: highspy.Highs, start: Floats, scaling: Scaling) -> None:
    """Give the solver a point to start from."""
    columns = np.arange(len(start), dtype=np.int32)
    solver.setSolution(len(start), columns, start / scaling.columns[: len(start)])


def listen(solver: highspy.Highs, interrupt: Interrupt | None, *, is_mip: bool) -> None:
    """Stop the solver soon after `interrupt` begins to answer True."""
    if interrupt is None:
        return
    kinds = highspy.cb.HighsCallbackType
    wanted = (
        (kinds.kCallbackMipInterrupt,)
        if is_mip
        else (kinds.kCallbackIpmInterrupt, kinds.kCallbackSimplexInterrupt)
    )

    def ask(kind: Any, message: str, data_out: Any, data_in: Any, user: Any) -> None:
        if kind in wanted and interrupt():
            data_in.user_interrupt = True

    solver.setCallback(ask, None)
    for kind in wanted:
        solver.startCallback(kind)


def read_status(solver: highspy.Highs) -> SolverStatus:
    """Return what the solver vouches for."""
    return _STATUS.get(solver.getModelStatus(), SolverStatus.FAILED)
