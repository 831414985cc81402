"""A program that gets columns bit by bit has the optimum of the whole."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csc_array

from planner.model.growing import GrowingProgram


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("unit", [1.0, 1e-3, 250.0])
def test_each_step_is_solved_to_its_optimum(seed: int, unit: float) -> None:
    """Objective, duals and reduced costs, against another solver from nothing."""
    rng = np.random.default_rng(seed)
    rows, batch = 6, 4
    program = GrowingProgram(np.append(np.ones(5), -np.inf), np.append(np.ones(5), 3.0), unit)
    program.add(np.full(5, 100.0 * unit), csc_array(np.eye(rows, 5)))
    for _ in range(6):
        matrix = (rng.random((rows, batch)) < 0.5).astype(float)
        program.add(unit * rng.random(batch), csc_array(matrix))
        now = program.solve()
        assert now is not None
        whole = program.matrix.toarray()
        again = linprog(program.cost, whole[5:], [3.0], whole[:5], np.ones(5))
        assert now.objective == pytest.approx(again.fun, rel=1e-6)
        assert now.x @ program.cost == pytest.approx(now.objective)
        assert program.reduced(now.row_dual).min() >= -1e-6 * unit
        assert now.row_dual[5] <= 1e-9 * unit
        priced = now.row_dual @ np.append(np.ones(5), 3.0)
        assert priced == pytest.approx(now.objective, rel=1e-6)


def test_a_column_can_be_held_and_set_free() -> None:
    """The optimum follows, and comes back; what cannot be met has none."""
    program = GrowingProgram(np.ones(1), np.ones(1))
    program.add(np.array([1.0, 2.0]), csc_array(np.ones((1, 2))))

    def objective() -> float | None:
        now = program.solve()
        return None if now is None else now.objective

    assert objective() == pytest.approx(1.0)
    program.fix(0, 0.0)
    assert objective() == pytest.approx(2.0)
    program.fix(1, 0.0)
    assert objective() is None
    program.fix(0, None)
    assert objective() == pytest.approx(1.0)
