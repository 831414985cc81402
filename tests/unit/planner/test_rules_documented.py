"""Rules and objectives say their maths, units, exactness and a plain sentence."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields, is_dataclass

import pytest

from planner.catalogue import describe, headings, parameters
from planner.metrics import metric_texts
from planner.objectives import OBJECTIVES
from planner.rules import RULES
from planner.scenario import OBJECTIVE_KEYS, RULE_KEYS, TOP_KEYS

MEMBERS = [*RULES, *OBJECTIVES]


@pytest.mark.parametrize("kind", MEMBERS, ids=lambda kind: kind.name)
def test_the_four_headings_are_there(kind: type) -> None:
    """The README's table and the report's list are made from them."""
    assert {"Maths", "Units", "Exact", "Plainly"} <= headings(inspect.getdoc(kind) or "").keys()


@pytest.mark.parametrize("kind", OBJECTIVES, ids=lambda kind: kind.name)
def test_every_aim_names_the_metrics_it_moves(kind: type) -> None:
    """Names of aims and of metrics differ: the poverty_spread of a mean is poverty_distance."""
    told = describe(kind)["metric"]
    named = set(re.findall(r"``(\w+)``", told))
    assert named or told.startswith("none")
    assert named <= set(metric_texts())
    if kind.name == "poverty_spread":
        assert told.startswith("``poverty_distance``")


@pytest.mark.parametrize("kind", MEMBERS, ids=lambda kind: kind.name)
def test_every_option_is_explained(kind: type) -> None:
    """A key of a scenario file that no docstring explains cannot be used."""
    assert is_dataclass(kind)
    explained = {entry["name"] for entry in parameters(inspect.getdoc(kind) or "")}
    assert {option.name for option in fields(kind)} == explained


def test_names_are_unique() -> None:
    """A name finds one rule or one objective, and no key of a table is taken by an option."""
    for kinds, common in ((RULES, RULE_KEYS), (OBJECTIVES, OBJECTIVE_KEYS)):
        names = [kind.name for kind in kinds]
        assert len(names) == len(set(names))
        options = {option.name for kind in kinds for option in fields(kind)}
        assert not options & common.keys()
    assert all(TOP_KEYS.values())
