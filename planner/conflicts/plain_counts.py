"""Students and places added up: what everybody can follow comes before any subtler proof."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from geodata.dtypes import Floats
from geodata.errors import counted
from planner.problem import Problem
from planner.problem.school_counts import need_seats_by_count
from planner.rules import Capacity, Rule
from planner.scenario.in_year import InYear
from planner.terms import ZoneBand

__all__ = ["plain_counts"]

_WORTH_SAYING = 0.5  # estimates have parts of students


def plain_counts(problem: Problem, rules: Mapping[str, Rule]) -> dict[str, str]:
    """Tell the rules that leave fewer places than students, or need more students than there are.

    Maths    sum_z upper[z] < sum_b students[b], or sum_z lower[z] > sum_b students[b]; of schools
             that share a zone, each its own limits; a rule in a year of the forecast by the
             students expected then

    Parameters
    ----------
    problem : Problem
    rules : mapping of key to Rule

    Returns
    -------
    mapping of key to str
        For each rule that no plan can keep, the sentence that proves it.
    """
    told = {key: _told(problem, rule) for key, rule in rules.items()}
    return {key: sentence for key, sentence in told.items() if sentence}


def _told(problem: Problem, rule: Rule) -> str:
    """Return the sentence about one rule; empty where the sums hold."""
    if isinstance(rule, InYear):
        told = _told(problem.forecasts[rule.year], rule.rule)
        return f"In {rule.year}: {told}" if told else ""
    bands = {
        next(iter(row.measures)): row
        for row in rule.lower(problem)
        if isinstance(row, ZoneBand) and tuple(row.measures.values()) == (1.0,)
    }
    students = float(problem.students.sum())
    room = _room(problem, {measure: row.upper for measure, row in bands.items()})
    needed = sum(float(np.maximum(row.lower, 0.0).sum()) for row in bands.values())
    if students - room >= _WORTH_SAYING:
        places = _seats(problem, rule) or f"{room:,.0f} places in all"
        lacking = counted(_up(students - room), "place")
        return f"{students:,.0f} students, {places}: {lacking} too few."
    if needed - students >= _WORTH_SAYING:
        lacking = counted(_up(needed - students), "student")
        return (
            f"{students:,.0f} students, but the schools together need {_up(needed):,}: "
            f"{lacking} too few."
        )
    return ""


def _room(problem: Problem, limits: Mapping[str, Floats]) -> float:
    """Return how many students all zones together may hold; infinite where one is not limited.

    Parameters
    ----------
    limits : mapping of measure to (m,) float64 [students]
    """
    none = np.full(problem.n_zones, np.inf)
    whole = np.maximum(limits.get("students", none), 0.0)
    parts = [
        sum(max(float(limits.get(partner.measure, none)[z]), 0.0) for partner in group)
        for z, group in enumerate(problem.partners_of_zones())
    ]
    return float(np.minimum(whole, parts).sum())


def _seats(problem: Problem, rule: Rule) -> str:
    """Return the seats behind a limit by seats, in words; empty where another rule limits."""
    if not isinstance(rule, Capacity) or rule.ceiling_share is None:
        return ""
    seats, taken = (
        sum(float(np.nansum(numbers)) for numbers in by_count.values())
        for by_count in need_seats_by_count(problem, f"rule {rule.name!r}", rule.except_schools)
    )
    text = f"{seats:,.0f} seats at {100 * rule.ceiling_share:.4g} %"
    return f"{text}, {taken:,.0f} taken by students of other levels" if taken else text


def _up(count: float) -> int:
    """Return a whole number, not below what is missing."""
    return math.ceil(count - 1e-6)
