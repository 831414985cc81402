"""The arrays of a model, their names, and the same model in PuLP and in HiGHS."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pulp
import pytest
from oracle.tiny_district import dissimilarity, grid, moved, size_band, travel
from scipy.sparse import csr_array

from planner.model.contiguity import neighbour_rows
from planner.model.pairs import pair_graph
from planner.model.rows import LinearModel, RowBlock
from planner.model.sheet import Sheet
from planner.model.solve import solve_mip
from planner.model.write import write_model
from planner.terms import AllowedPairs, Contiguous, Limit, WeightedSum


def _small() -> LinearModel:
    """Return ``min 2 a + 3 b`` with ``1 <= a + b <= 4`` and ``a - b = 0.5``, a whole."""
    sheet = Sheet()
    a = sheet.add_columns("take", lambda i: f"item{i}", (0.0, 5.0), count=1, integer=True)
    b = sheet.add_columns("rest", lambda _: "", (0.0, 5.0), count=1)
    both = np.concatenate([a, b])
    sheet.add_rows("size", lambda _: "", (1.0, 4.0), ([0, 0], both, 1.0), count=1)
    sheet.add_rows("gap", lambda i: f"g{i}", (0.5, 0.5), ([0, 0], both, [1.0, -1.0]), count=1)
    sheet.add_cost(both, [2.0, 3.0])
    sheet.constant = 7.0
    return sheet.finish()


def _real_model() -> LinearModel:
    """Return a model of a small district with most kinds of row."""
    problem = grid(4, 3, 3, seed=2)
    aim = WeightedSum("aim", "m", ((1.0, travel(problem)), (500.0, dissimilarity(problem))), 4.0)
    rules = [
        Contiguous("contiguity"),
        size_band(problem, 0.6),
        Limit("most_moved", moved(problem), 40.0),
        AllowedPairs("travel_limit", problem.metres < 450),
    ]
    written = write_model(problem, rules, aim)
    return written.with_rows(neighbour_rows(pair_graph(written.layout, rules))).model


def test_names_are_made_from_family_and_label() -> None:
    """Columns and rows are called by family and label, and by family alone where there is none."""
    model = _small()
    assert [model.column_name(j) for j in range(2)] == ["take[item0]", "rest"]
    assert [model.row_name(i) for i in range(2)] == ["size", "gap[g0]"]
    with pytest.raises(IndexError):
        model.column_name(2)


def test_objective_and_violation_of_a_point() -> None:
    """A point's objective holds the constant; its violation is its worst broken side."""
    model = _small()
    assert model.objective(np.array([1.0, 0.5])) == 2.0 + 1.5 + 7.0
    assert model.worst_violation(np.array([1.0, 0.5])) == 0.0
    assert model.worst_violation(np.array([4.0, 1.0])) == 2.5
    assert model.worst_violation(np.array([6.0, 5.5])) == 7.5


def test_entries_of_one_row_and_column_add_up() -> None:
    """Two entries at one place are one coefficient."""
    sheet = Sheet()
    column = sheet.add_columns("x", lambda _: "", (0.0, 1.0), count=1)
    sheet.add_rows("row", lambda _: "", (0.0, 1.0), ([0, 0], np.repeat(column, 2), 2.0), count=1)
    sheet.add_cost(np.repeat(column, 2), 1.5)
    model = sheet.finish()
    assert model.matrix.toarray().tolist() == [[4.0]]
    assert model.cost.tolist() == [3.0]


def test_rows_are_added_at_the_end_under_their_own_names() -> None:
    """More rows come after the old ones; columns they do not reach have no entry."""
    block = RowBlock(
        "cut", lambda i: f"c{i}", np.zeros(2), np.ones(2), csr_array(np.array([[1.0], [2.0]]))
    )
    model = _small().with_rows(block.select(np.array([False, True])))
    assert model.n_rows == 3
    assert model.row_name(2) == "cut[c1]"
    assert model.matrix.toarray()[2].tolist() == [2.0, 0.0]
    assert block.violation(np.array([3.0, 9.0])).tolist() == [2.0, 5.0]


def test_an_empty_block_changes_nothing() -> None:
    """Adding no rows returns the same model."""
    model = _small()
    nothing = RowBlock("cut", str, np.zeros(0), np.zeros(0), csr_array((0, 2)))
    assert model.with_rows(nothing) is model


def test_pulp_and_highs_find_the_same_optimum() -> None:
    """The PuLP problem and the arrays handed to HiGHS have one optimum."""
    model = _real_model()
    ours = solve_mip(model, gap=0.0)
    problem = model.to_pulp()
    problem.solve(pulp.HiGHS(msg=False, gapRel=0.0))
    assert pulp.value(problem.objective) == pytest.approx(ours.objective, rel=1e-7)


def test_pulp_holds_the_same_matrix() -> None:
    """Each PuLP constraint has the coefficients and the side of its row."""
    model = _real_model()
    problem = model.to_pulp()
    column = {_clean(model.column_name(j)): j for j in range(model.n_columns)}
    rows = {_clean(model.row_name(i)): i for i in range(model.n_rows)}
    seen: dict[int, int] = {}
    for constraint in problem.constraints():
        name = _clean(constraint.name)
        side = next((s for s in ("upper", "lower") if name.endswith(f",{s}_")), "")
        i = rows[name] if name in rows else rows[f"{name[: -len(side) - 2]}_"]
        dense = np.zeros(model.n_columns)
        for variable, coefficient in constraint.items():
            dense[column[_clean(variable.name)]] += coefficient
        assert dense == pytest.approx(model.matrix[[i]].toarray()[0])
        limit = model.row_lower[i] if constraint.sense >= 0 else model.row_upper[i]
        assert -constraint.constant == pytest.approx(limit)
        seen[i] = seen.get(i, 0) + 1
    sides = np.isfinite(model.row_lower).astype(int) + np.isfinite(model.row_upper)
    sides[model.row_lower == model.row_upper] = 1
    assert seen == dict(enumerate(sides))


def test_pulp_holds_the_same_columns() -> None:
    """Bounds, whole numbers and costs are those of the arrays."""
    model = _real_model()
    problem = model.to_pulp()
    known = {_clean(v.name): v for v in problem.variables()}
    costs = {_clean(v.name): c for v, c in problem.objective.items()}
    for j in range(model.n_columns):
        variable = known[_clean(model.column_name(j))]
        assert variable.lowBound == pytest.approx(model.lower[j])
        assert variable.upBound == pytest.approx(model.upper[j])
        assert (variable.cat == "Integer") == model.integer[j]
        cost = costs.get(_clean(model.column_name(j)), 0.0)
        assert cost == pytest.approx(model.cost[j])


def test_names_that_pulp_would_make_alike_stay_apart() -> None:
    """Ids that differ only in signs PuLP replaces still give two columns."""
    names = np.array(["a-b", "a_b", "c-d", "c_d"])
    problem = replace(grid(4, 1, 2, seed=0), block_ids=names, students=np.ones(4))
    written = write_model(problem, [], travel(problem)).model
    model = written.to_pulp()
    assert len({v.name for v in model.variables()}) == written.n_columns == 6
    model.solve(pulp.HiGHS(msg=False))
    assert pulp.value(model.objective) is not None


def _clean(name: str) -> str:
    for sign in "-+[] >/":
        name = name.replace(sign, "_")
    return name
