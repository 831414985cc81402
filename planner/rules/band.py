"""A band on the students of each school, in shares of some base: what size rules have in common."""

from __future__ import annotations

import numpy as np

from planner.errors import ScenarioError
from planner.problem import Floats, Ints, Problem
from planner.rules.base import Finding, zone_finding, zone_sum
from planner.terms import Constraint, ZoneBand

__all__ = ["band_findings", "band_rows", "band_words", "refuse_band"]


def refuse_band(rule: str, floor: float | None, ceiling: float | None) -> None:
    """Raise where a band says nothing, is negative or is empty."""
    if floor is None and ceiling is None:
        raise ScenarioError(f"rule {rule!r}: neither a floor nor a ceiling is set")
    for side in (floor, ceiling):
        if side is not None and not 0 <= side < np.inf:
            raise ScenarioError(f"rule {rule!r}: {side:g} is no limit; leave the key out instead")
    if floor is not None and ceiling is not None and floor > ceiling:
        raise ScenarioError(f"rule {rule!r}: the floor {floor:g} is above the ceiling {ceiling:g}")


def band_rows(
    rule: str, base: Floats, floor: float | None, ceiling: float | None
) -> list[Constraint]:
    """Return ``floor * base[z] <= students <= ceiling * base[z]``; NaN bases are not held."""
    held = ~np.isnan(base)
    lower, upper = np.full(len(base), -np.inf), np.full(len(base), np.inf)
    if floor is not None:
        lower[held] = floor * base[held]
    if ceiling is not None:
        upper[held] = ceiling * base[held]
    return [ZoneBand(rule, "students", {"students": 1.0}, lower, upper)]


def band_findings(
    rule: str,
    problem: Problem,
    zone_of: Ints,
    base: Floats,
    floor: float | None,
    ceiling: float | None,
) -> list[Finding]:
    """Measure the students of each school against both sides of the band."""
    students = zone_sum(problem, problem.students, zone_of)
    sides = (("most", ceiling), ("least", floor))
    return [
        zone_finding(
            rule,
            problem,
            students,
            share * base,
            side=side,
            unit="students",
            words="Students at each school",
        )
        for side, share in sides
        if share is not None
    ]


def band_words(floor: float | None, ceiling: float | None, base: str) -> str:
    """Return the band in words, such as ``between 85 % and 115 % of its size today``."""
    if floor is None:
        return f"at most {100 * ceiling:.4g} % of {base}" if ceiling is not None else ""
    if ceiling is None:
        return f"at least {100 * floor:.4g} % of {base}"
    return f"between {100 * floor:.4g} % and {100 * ceiling:.4g} % of {base}"
