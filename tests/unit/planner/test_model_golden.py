"""Each kind of term, written for the smallest district, against a text a person has read.

To renew the texts after a change that is meant, run this file with ``RENEW_GOLDEN=1`` and read
the difference before it is committed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from oracle.tiny_district import dissimilarity, grid, moved, size_band, travel

from planner.model.contiguity import dominator_rows, neighbour_rows, ordering_rows
from planner.model.pairs import pair_graph
from planner.model.separation import cut_rows, separate_whole
from planner.model.text import model_text
from planner.model.write import NotLinearError, RatioForm, write_model
from planner.problem import Problem
from planner.terms import (
    AllowedPairs,
    Amount,
    Apart,
    Constraint,
    Contiguous,
    CutLength,
    Limit,
    Spread,
    Together,
    WeightedSum,
    ZoneDeviation,
    ZoneRatio,
    ZoneShape,
    ZoneWorst,
)

FOLDER = Path(__file__).resolve().parents[2] / "golden" / "lp"


def _district() -> Problem:
    """Return a line of four blocks with a school at each end."""
    problem = grid(4, 1, 2, seed=0)
    return replace(
        problem,
        students=np.array([5.0, 3.0, 2.0, 6.0]),
        root=np.array([0, 3], dtype=np.int32),
        current=np.array([0, 0, 1, 1], dtype=np.int32),
        metres=np.array([[50, 350], [150, 250], [250, 150], [350, 50]], dtype=np.float32),
        edge_shared_m=np.array([100.0, 80.0, 100.0]),
        extra_measures={
            "poor": np.array([4.0, 2.0, 0.0, 1.0]),
            "not:poor": np.array([1.0, 1.0, 2.0, 5.0]),
        },
    )


def _sizes(problem: Problem) -> ZoneDeviation:
    ends = np.array([7.0, 8.0]), np.array([8.0, np.inf])
    return ZoneDeviation("uneven", "students", {"students": 1.0}, *ends, np.array([1.0, 2.0]))


def _aims(problem: Problem) -> dict[str, Amount]:
    more = WeightedSum("mixed", "m", ((1.0, travel(problem)), (-10.0, moved(problem))), 3.0)
    return {
        "PairAmount": travel(problem),
        "ZoneDeviation": _sizes(problem),
        "ZoneWorst": ZoneWorst("worst", "students", _sizes(problem)),
        "ZoneRatio": ZoneRatio("exposure", "share", "not:poor", "poor", "students", 0.5),
        "CutLength": CutLength("borders", "m", 2.0),
        "Apart": Apart("apart", "students", problem.students, np.array([0, 0, 1, -1])),
        "WeightedSum": more,
        "Spread": Spread("gap", "m", (travel(problem), moved(problem))),
    }


def _rules(problem: Problem) -> dict[str, Constraint]:
    allowed = problem.metres <= 300
    return {
        "AllowedPairs": AllowedPairs("travel_limit", allowed),
        "ZoneBand": size_band(problem, 0.25),
        "Limit": Limit("most_moved", moved(problem), 4.0),
        "Together": Together("neighbourhoods", np.array([-1, 0, 0, -1], dtype=np.int32)),
        "Contiguous": Contiguous("contiguity"),
    }


def _compare(name: str, text: str) -> None:
    path = FOLDER / f"{name}.lp"
    if os.environ.get("RENEW_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", sorted(_aims(_district())))
def test_amounts_are_written_as_before(kind: str) -> None:
    """Each kind of amount becomes the rows on file."""
    problem = _district()
    written = write_model(problem, [], _aims(problem)[kind], ratios=RatioForm.EXACT)
    _compare(f"amount_{kind}", model_text(written.model))


def test_convex_ratios_are_written_by_tangents() -> None:
    """A convex ratio becomes tangent rows, one a zone of which is on file."""
    problem = _district()
    ratio = ZoneRatio("isolation", "share", "poor", "poor", "students")
    text = model_text(write_model(problem, [], ratio).model)
    lines = [line for line in text.splitlines() if "tangent" not in line or "tangent1]" in line]
    _compare("amount_ZoneRatio_convex", "\n".join(lines) + "\n")


@pytest.mark.parametrize("kind", sorted(_rules(_district())))
def test_constraints_are_written_as_before(kind: str) -> None:
    """Each kind of constraint becomes the rows on file."""
    problem = _district()
    rule = _rules(problem)[kind]
    written = write_model(problem, [rule], None)
    if isinstance(rule, Contiguous):
        graph = pair_graph(written.layout, [rule])
        split = written.layout.point(np.array([0, 1, 0, 1], dtype=np.int32))
        written = written.with_rows(
            neighbour_rows(graph),
            dominator_rows(graph),
            *ordering_rows(graph, problem.current),
            cut_rows(graph, separate_whole(graph, split)),
        )
    _compare(f"constraint_{kind}", model_text(written.model))


def test_elastic_bands_are_written_as_before() -> None:
    """A band with a price gets columns of excess."""
    problem = _district()
    written = write_model(problem, [size_band(problem, 0.25)], None, prices={"size": 10.0})
    _compare("constraint_ZoneBand_elastic", model_text(written.model))


def test_every_kind_of_term_has_a_golden_text() -> None:
    """Nobody can add a kind of term and forget its text (shapes have no rows)."""
    problem = _district()
    amounts = {kind.__name__ for kind in get_args(Amount)} - {"ZoneShape"}
    assert amounts == set(_aims(problem))
    assert {kind.__name__ for kind in get_args(Constraint)} == set(_rules(problem))
    with pytest.raises(NotLinearError):
        write_model(problem, [], ZoneShape("compactness"))


def test_dissimilarity_is_in_the_words_of_the_field() -> None:
    """Names say zone and block by their ids."""
    problem = _district()
    text = model_text(write_model(problem, [], dissimilarity(problem)).model)
    assert "assign[b001,z00]" in text
    assert "dissimilarity[z01]" in text
