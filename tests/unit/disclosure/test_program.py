"""The linear program behind the gate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import OptimizeResult

from planner.disclosure import program
from planner.disclosure.program import protect
from planner.disclosure.worlds import Row, Target, Unknowns
from planner.errors import DisclosureError, SolverError


def two_areas() -> tuple[Unknowns, list[Row], list[Target]]:
    """Return areas of 4 and 30 students whose sum and first are to be shown."""
    unknowns = Unknowns(np.array([4.0, 30.0]))
    rows = [
        Row(("first",), np.array([0]), np.ones(1), 4.0, 4.0, cost=2.0),
        Row(("both",), np.array([0, 1]), np.ones(2), 34.0, 34.0),
    ]
    return unknowns, rows, [Target(("few",), np.array([0]))]


def test_only_what_gives_a_small_number_away_is_hidden() -> None:
    """The first area alone; the sum leaves everything open."""
    news: list[tuple[int, int]] = []
    verdict = protect(*two_areas(), 10.0, lambda done, total: news.append((done, total)))
    assert verdict.hidden == {("first",)}
    assert news == sorted(news)
    assert {total for _, total in news} == {2}


def test_a_world_that_frees_nothing_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that stops just short of the end must not be asked for ever."""
    truth = two_areas()[0].values
    monkeypatch.setattr(program._System, "_world", lambda self, must, hopes, *, upward: truth)
    with pytest.raises(DisclosureError, match="few"):
        protect(*two_areas(), 10.0)


def test_a_solver_that_gives_up_is_not_taken_for_a_disclosure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is published then, and the reason says so."""
    gone = OptimizeResult(x=None, status=4, message="numerical difficulties")
    monkeypatch.setattr(program, "linprog", lambda *_, **__: gone)
    with pytest.raises(SolverError, match="numerical difficulties"):
        protect(*two_areas(), 10.0)


def test_what_one_method_cannot_answer_another_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """A packet is not refused because the first way of solving ended without an answer."""
    solve = program.linprog

    def simplex_gives_up(*args: object, method: str, **program: object) -> OptimizeResult:
        if method == "highs":
            return OptimizeResult(x=None, status=4, message="Not Set")
        return solve(*args, method=method, **program)

    monkeypatch.setattr(program, "linprog", simplex_gives_up)
    assert protect(*two_areas(), 10.0).hidden == {("first",)}
