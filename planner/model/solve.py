"""Solve a linear model: as an integer program, or its linear relaxation."""

from __future__ import annotations

import math

import numpy as np

from geodata.dtypes import Floats
from planner.model.highs import (
    Interrupt,
    Outcome,
    SolverStatus,
    listen,
    open_highs,
    pass_model,
    pass_start,
    read_status,
)
from planner.model.rows import LinearModel

_HAS_FEASIBLE_POINT = 2  # HiGHS: kSolutionStatusFeasible
_CAREFUL: dict[str, float | int | str | bool] = {
    "presolve": "off",
    "mip_allow_restart": False,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
}


def solve_mip(
    model: LinearModel,
    *,
    start: Floats | None = None,
    time_limit: float = math.inf,
    node_limit: int | None = None,
    patience: int | None = None,
    threads: int = 1,
    gap: float = 1e-4,
    absolute_gap: float = 0.0,
    seed: int = 0,
    is_proof: bool = False,
    interrupt: Interrupt | None = None,
) -> Outcome:
    """Solve an integer program.

    Parameters
    ----------
    model : LinearModel
    start : (c,) float64 or None
        A point to start from.  Always give one where one is known.
    time_limit : float [s]
    node_limit : int or None
        With a limit of nodes or of patience, no time limit and one thread the result is the same
        every time.
    patience : int or None
        How often the solver may ask whether to go on: it does so at every node, and at the root
        after every round of cuts and heuristics, which can take longer than all the nodes.
    threads : int
    gap : float [share]
        Relative gap at which the search may end.
    absolute_gap : float [unit of the objective]
    seed : int
    is_proof : bool
        Whether something will be claimed from the bound.  Then presolve is off: in HiGHS up to
        1.15.1 it loses the optimum of small mixed models now and then (HiGHS issues 2995, 3073,
        3094 and our own test), where the plain tree search is right.
    interrupt : function that answers True when it is time to stop, or None

    Returns
    -------
    Outcome
    """
    if not model.n_columns:
        return _empty(model)
    options: dict[str, float | int | str | bool] = {"mip_rel_gap": gap, "random_seed": seed}
    if is_proof:
        options |= _CAREFUL
    if node_limit is not None:
        options["mip_max_nodes"] = node_limit
    if math.isfinite(time_limit):
        options["time_limit"] = max(0.0, time_limit)
    solver = open_highs(threads, **options)
    scaling = pass_model(solver, model)
    solver.setOptionValue("mip_abs_gap", absolute_gap * scaling.objective)
    if start is not None:
        pass_start(solver, start, scaling)
    listen(solver, interrupt if patience is None else _losing(patience, interrupt), is_mip=True)
    solver.run()
    info = solver.getInfo()
    status = read_status(solver)
    has_solution = info.primal_solution_status == _HAS_FEASIBLE_POINT
    x = None
    if has_solution:
        x = np.array(solver.getSolution().col_value) * scaling.columns
        x[model.integer] = np.round(x[model.integer])
    bound = (
        float(info.mip_dual_bound) / scaling.objective
        if math.isfinite(info.mip_dual_bound)
        else -math.inf
    )
    return Outcome(
        status=status,
        has_solution=has_solution,
        objective=model.objective(x) if x is not None else math.nan,
        bound=bound,
        x=x,
        row_dual=None,
        nodes=int(info.mip_node_count),
        seconds=float(solver.getRunTime()),
    )


def _losing(patience: int, interrupt: Interrupt | None) -> Interrupt:
    """Return a function that tells the solver to stop when it has asked so many times."""
    left = patience

    def ask() -> bool:
        nonlocal left
        left -= 1
        return left < 0 or (interrupt is not None and interrupt())

    return ask


def solve_lp(
    model: LinearModel,
    *,
    method: str = "ipx",
    time_limit: float = math.inf,
    threads: int = 1,
    interrupt: Interrupt | None = None,
) -> Outcome:
    """Solve the linear relaxation by interior points without crossover, or by the simplex method.

    Parameters
    ----------
    model : LinearModel
        Whole-number marks are ignored.
    method : {"ipx", "simplex"}
    time_limit : float [s]
    threads : int
    interrupt : function that answers True when it is time to stop, or None

    Returns
    -------
    Outcome
        `bound` is not certified here: see `planner.model.certificate`.
    """
    if not model.n_columns:
        return _empty(model)
    options: dict[str, float | str] = {"solver": method, "run_crossover": "off"}
    if math.isfinite(time_limit):
        options["time_limit"] = max(0.0, time_limit)
    solver = open_highs(threads, **options)
    scaling = pass_model(solver, model, relax=True)
    listen(solver, interrupt, is_mip=False)
    solver.run()
    status = read_status(solver)
    if status is SolverStatus.FAILED:  # presolve and interior points do not always get along
        solver.setOptionValue("presolve", "off")
        solver.run()
        status = read_status(solver)
    solution = solver.getSolution()
    x = y = None
    if solution.value_valid:
        x = np.clip(np.array(solution.col_value) * scaling.columns, model.lower, model.upper)
    if solution.dual_valid:
        y = np.array(solution.row_dual) * scaling.rows / scaling.objective
    return Outcome(
        status=status,
        has_solution=x is not None,
        objective=model.objective(x) if x is not None else math.nan,
        bound=-math.inf,
        x=x,
        row_dual=y,
        nodes=0,
        seconds=float(solver.getRunTime()),
    )


def _empty(model: LinearModel) -> Outcome:
    """Return the outcome of a model in which nothing is left to decide."""
    holds = bool(((model.row_lower <= 0) & (model.row_upper >= 0)).all())
    return Outcome(
        status=SolverStatus.OPTIMAL if holds else SolverStatus.INFEASIBLE,
        has_solution=holds,
        objective=model.constant if holds else math.nan,
        bound=model.constant if holds else math.inf,
        x=np.zeros(0) if holds else None,
        row_dual=np.zeros(model.n_rows),
        nodes=0,
        seconds=0.0,
    )
