"""The table of metrics: every name is documented, once, from its function's docstring."""

from __future__ import annotations

import pytest

from planner.evaluation import evaluate
from planner.metrics import METRICS, Metric, metric_json, metric_table, metric_texts
from planner.metrics.documentation import DIRECTIONS, SCOPES, expand
from planner.plan import Plan


def test_every_metric_says_formula_range_direction_and_unit() -> None:
    """No metric without its maths; directions come from one list."""
    texts = metric_texts()
    assert len(texts) > 50
    for name, text in texts.items():
        assert text.name == name
        assert text.says.endswith(".")
        assert text.maths
        assert text.range
        assert text.unit
        assert text.better in DIRECTIONS


def test_variants_are_listed_beside_their_metric() -> None:
    """Stratified forms and expectations under chance have rows of their own."""
    texts = metric_texts()
    for name in ("dissimilarity", "gini", "normalised_exposure", "theil_h", "isolation_excess"):
        assert {f"{name}_stratified", f"{name}_random", f"{name}_stratified_random"} <= set(texts)
    assert texts["dissimilarity_random"].better == "neither"
    assert texts["dissimilarity_stratified"].better == "lower"
    assert "isolation_stratified" not in texts


def test_texts_of_metrics_that_share_code_are_their_own() -> None:
    """The widest gap is no mean over grades; forced moves have formulas of their own."""
    texts = metric_texts()
    assert texts["parity_gap_stratified"].says.startswith("Widest gap between")
    assert "max_ab" in texts["parity_gap_stratified"].maths
    moves = ("students_moved", "students_moved_forced", "students_must_move")
    assert len({texts[name].maths for name in moves}) == len(moves)


def test_every_scope_of_measures_is_explained(grid_district) -> None:
    """Also that figures of the whole district are means over its levels."""
    district = grid_district(["A", "A", "B", "B"] * 3, {"A": 4, "B": 7}, by_grade=True)
    counted = set(evaluate(district, Plan.today(district)).metrics["scope"])
    assert counted
    assert counted <= set(SCOPES)
    assert "means over the levels" in SCOPES["district"]


def test_the_table_is_markdown_and_json_says_the_same() -> None:
    """One line a metric in Markdown, one object a metric in JSON."""
    lines = metric_table().splitlines()
    assert len(lines) == 2 + len(metric_json())
    assert {line.count("|") - line.count("\\|") for line in lines} == {8}
    assert all(set(entry) == {"name", "says", "maths", "range", "better", "unit", "source"}
               for entry in metric_json())  # fmt: skip


def test_a_metric_without_headings_is_refused() -> None:
    """A function that does not say its range and direction cannot become a metric."""

    def bare() -> float:
        """Say nothing."""
        return 0.0

    def vague() -> float:
        """Say something.

        Maths    0
        Range    0
        Better   sideways
        Unit     none
        """
        return 0.0

    with pytest.raises(ValueError, match="lacks Maths, Range, Better, Unit"):
        expand([Metric("bare", bare)])
    with pytest.raises(ValueError, match="Better is one of"):
        expand([Metric("vague", vague)])
    with pytest.raises(ValueError, match="two metrics"):
        expand([METRICS[0], METRICS[0]])
