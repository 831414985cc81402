"""Every rule and objective says what it is, and is found under its name."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import get_args

import pytest

from planner.catalogue import catalogue, describe, headings, parameters
from planner.objectives import OBJECTIVES
from planner.problem.school_counts import Also
from planner.rules import RULES

KINDS = [*RULES, *OBJECTIVES]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_docstrings_have_their_headings(kind: type) -> None:
    """Maths, Units, Exact and Plainly are stated, and the first line is a sentence."""
    told = headings(kind.__doc__ or "")
    assert {"Maths", "Units", "Exact", "Plainly"} <= set(told)
    assert describe(kind)["summary"].endswith(".")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_file_is_found_by_its_name(kind: type) -> None:
    """Rule `capacity` is in capacity.py, `limit` in metric_limit.py."""
    name = describe(kind)["name"]
    assert Path(inspect.getfile(kind)).stem in {name, f"metric_{name}"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_option_is_described(kind: type) -> None:
    """Each field of a rule stands in its docstring with its type."""
    described = {entry["name"] for entry in parameters(kind.__doc__ or "")}
    assert {option["name"] for option in describe(kind)["options"]} == described


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_rule_states_what_it_counts_besides_students(kind: type) -> None:
    """A public packet tells a verdict only where nothing of this stays as it is in its proof."""
    stated = vars(kind)["counts_also"]
    assert isinstance(stated, property) or set(stated) <= set(get_args(Also))


@pytest.mark.parametrize("family", ["rules", "objectives", "events", "metrics"])
def test_names_are_unique(family: str) -> None:
    """A scenario can mean only one thing by a name."""
    names = [entry["name"] for entry in catalogue()[family]]
    assert len(names) == len(set(names))
    assert names


def test_a_heading_goes_on_over_indented_lines() -> None:
    """Long formulas keep their second line; ordinary text after them is not taken in."""
    told = headings("Sum.\n\n    Maths   a +\n            b\n    Units   km\n\n    Exact later.\n")
    assert told == {"Maths": "a + b", "Units": "km", "Exact": "later."}


def test_parameters_of_one_line_share_their_meaning() -> None:
    """``low, high : float [%]`` describes two options."""
    doc = "X.\n\nParameters\n----------\nlow, high : float [%]\n    The band: both ends.\n"
    assert parameters(doc) == [
        {"name": "low", "type": "float [%]", "meaning": "The band: both ends."},
        {"name": "high", "type": "float [%]", "meaning": "The band: both ends."},
    ]


def test_keys_of_a_district_file_are_listed_with_their_types() -> None:
    """Every section a planner may write is in the table, its required keys marked."""
    sections = catalogue()["district_keys"]
    assert {"", "blocks", "students", "schools", "plan", "travel", "borders"} <= set(sections)
    assert [key["name"] for key in sections["blocks"] if key["required"]] == ["id"]
    assert all(key["type"] for keys in sections.values() for key in keys)
