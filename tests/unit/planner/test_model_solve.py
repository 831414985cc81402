"""An honest word from the solver."""

from __future__ import annotations

import numpy as np
import pytest
from oracle.enumerate_plans import best_plan
from oracle.tiny_district import dissimilarity, grid, size_band, travel

from planner.errors import SolverError
from planner.model.exact import solve_exact
from planner.model.highs import SolverStatus, open_highs
from planner.model.rows import LinearModel
from planner.model.scaling import scale
from planner.model.sheet import Sheet
from planner.model.solve import solve_lp, solve_mip
from planner.model.write import write_model
from planner.terms import Contiguous, ZoneRatio


def _hard() -> tuple[LinearModel, np.ndarray]:
    """Return a model the solver cannot finish at once, and a point of it."""
    problem = grid(12, 10, 6, seed=3)
    written = write_model(problem, [], dissimilarity(problem))
    near = problem.metres.argmin(axis=1).astype(np.int32)
    near[problem.root] = np.arange(problem.n_zones)
    return written.model, written.start(near)


def _two(cost: float, least: float) -> LinearModel:
    """Return ``min cost * x`` with ``x >= least``, x whole in [0, 3]."""
    sheet = Sheet()
    x = sheet.add_columns("x", lambda _: "", (0.0, 3.0), count=1, integer=True)
    sheet.add_rows("row", lambda _: "", (least, np.inf), ([0], x, 1.0), count=1)
    sheet.add_cost(x, cost)
    return sheet.finish()


def test_an_optimum_is_called_optimal() -> None:
    """A model solved to the end has value, bound and a point of whole numbers."""
    outcome = solve_mip(_two(2.0, 1.5))
    assert outcome.status is SolverStatus.OPTIMAL
    assert (outcome.objective, outcome.bound) == (4.0, 4.0)
    assert outcome.x is not None
    assert outcome.x.tolist() == [2.0]


def test_no_point_is_called_infeasible() -> None:
    """A model without a point has no solution to show."""
    outcome = solve_mip(_two(2.0, 3.5))
    assert outcome.status is SolverStatus.INFEASIBLE
    assert not outcome.has_solution
    assert outcome.x is None
    assert np.isnan(outcome.objective)


def test_a_limit_is_never_called_optimal() -> None:
    """Stopped at once, the start is kept, the status says limit, and the bound stays below."""
    model, start = _hard()
    outcome = solve_mip(model, start=start, node_limit=0, gap=0.0)
    assert outcome.status is SolverStatus.LIMIT
    assert outcome.has_solution
    assert outcome.bound <= outcome.objective <= model.objective(start) + 1e-9


def test_an_interrupt_without_a_solution_says_so() -> None:
    """Interrupted before anything was found, there is no solution and no bound is invented."""
    model, _ = _hard()
    outcome = solve_mip(model, gap=0.0, interrupt=lambda: True)
    assert outcome.status in (SolverStatus.INTERRUPTED, SolverStatus.LIMIT)
    assert outcome.has_solution == (outcome.x is not None)
    lp = solve_lp(model, interrupt=lambda: True)
    assert lp.status in (SolverStatus.INTERRUPTED, SolverStatus.LIMIT, SolverStatus.OPTIMAL)


@pytest.mark.parametrize("limit", [{"node_limit": 3}, {"patience": 4}])
def test_limits_that_count_are_repeatable(limit: dict[str, int]) -> None:
    """With a limit of nodes or patience and one thread two runs end in the same point."""
    model, start = _hard()
    first, second = (solve_mip(model, start=start, seed=5, **limit) for _ in range(2))
    assert first.status in (SolverStatus.LIMIT, SolverStatus.INTERRUPTED)
    assert first.nodes == second.nodes
    assert first.x is not None
    assert second.x is not None
    assert first.x.tolist() == second.x.tolist()


def test_threads_may_change_between_solves() -> None:
    """The solver's process-wide thread count does not spoil the next solve."""
    for threads in (1, 2, 1):
        assert solve_mip(_two(2.0, 1.5), threads=threads).status is SolverStatus.OPTIMAL


def test_unknown_options_are_refused() -> None:
    """A misspelt option is an error, not a default."""
    with pytest.raises(SolverError, match="mip_rel_gaap"):
        open_highs(1, mip_rel_gaap=0.1)


@pytest.mark.parametrize("method", ["ipx", "simplex"])
def test_relaxations_have_duals(method: str) -> None:
    """Both methods return a point, its value and row duals."""
    problem = grid(4, 3, 3, seed=1)
    model = write_model(problem, [size_band(problem, 0.4)], travel(problem)).model
    outcome = solve_lp(model, method=method)
    assert outcome.status is SolverStatus.OPTIMAL
    assert outcome.row_dual is not None
    assert len(outcome.row_dual) == model.n_rows
    assert outcome.objective <= solve_mip(model).objective + 1e-3


def test_a_model_without_columns_is_decided_by_its_rows() -> None:
    """Nothing to decide: optimal where the rows hold, infeasible where not."""
    sheet = Sheet()
    sheet.constant = 3.0
    assert solve_mip(sheet.finish()).objective == 3.0
    sheet.add_rows("row", lambda _: "", (1.0, np.inf), ([], [], []), count=1)
    assert solve_mip(sheet.finish()).status is SolverStatus.INFEASIBLE
    assert solve_lp(sheet.finish()).status is SolverStatus.INFEASIBLE


def test_scaling_keeps_whole_numbers_and_uses_powers_of_two() -> None:
    """Factors are powers of two; columns of whole numbers keep factor one."""
    problem = grid(4, 3, 3, seed=1)
    model = write_model(problem, [size_band(problem, 0.4)], dissimilarity(problem)).model
    scaling = scale(model)
    assert (scaling.columns[model.integer] == 1.0).all()
    for factors in (scaling.rows, scaling.columns, np.array([scaling.objective])):
        assert (np.log2(factors) == np.round(np.log2(factors))).all()
    assert (scaling.columns[~model.integer] != 1.0).any()


def test_proofs_survive_the_presolve_fault() -> None:
    """A mixed model whose optimum the solver's presolve loses is solved right as a proof."""
    problem = grid(3, 2, 3, seed=1293, skips=4)
    amount = ZoneRatio("isolation", "share", "poor", "poor", "students", 0.5)
    rules = [Contiguous("contiguity")]
    value, _ = best_plan(problem, rules, amount)
    assert solve_exact(problem, rules, amount).value == pytest.approx(value)
