"""A band on the students of each school, in shares of some base: what size rules have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from geodata.dtypes import Floats, Ints
from planner.errors import ScenarioError
from planner.problem import Problem
from planner.rules.base import Finding, school_finding, zone_sum
from planner.terms import Constraint, ZoneBand

__all__ = [
    "Band",
    "band_findings",
    "band_rows",
    "band_words",
    "refuse_band",
    "refuse_percent",
    "schools_counted",
]

MOST_SHARE = 10.0  # a school ten times its size is a slip of the pen


class Band(NamedTuple):
    """Both ends, as shares of a base; None is open."""

    floor: float | None
    ceiling: float | None


def refuse_band(rule: str, band: Band) -> None:
    """Raise where a band says nothing, is negative or is empty."""
    floor, ceiling = band
    if floor is None and ceiling is None:
        raise ScenarioError(f"rule {rule!r}: neither a floor nor a ceiling is set")
    for side in band:
        if side is not None and not 0 <= side < np.inf:
            raise ScenarioError(f"rule {rule!r}: {side:g} is no limit; leave the key out instead")
    if floor is not None and ceiling is not None and floor > ceiling:
        raise ScenarioError(f"rule {rule!r}: the floor {floor:g} is above the ceiling {ceiling:g}")


def refuse_percent(rule: str, band: Band) -> None:
    """Raise where a share is so large that percent must be meant."""
    for share in band:
        if share is not None and share >= MOST_SHARE:
            raise ScenarioError(
                f"rule {rule!r}: {share:g} is a share, so it means {100 * share:,.0f} %; "
                f"did you mean {share / 100:g}?"
            )


def band_rows(
    rule: str,
    band: Band,
    bases: Mapping[str, Floats],
    others: Mapping[str, Floats] | None = None,
) -> list[Constraint]:
    """Return ``floor * base[z] <= T[z,k] + others[z] <= ceiling * base[z]`` for each measure k.

    Parameters
    ----------
    rule : str
    band : Band
    bases : mapping of measure to (m,) float64 [students]
        NaN bases are not held.
    others : mapping of measure to (m,) float64 [students], optional
        Students of other levels in the same schools.
    """
    rows: list[Constraint] = []
    for measure, base in bases.items():
        held = ~np.isnan(base)
        beside = np.zeros(len(base)) if others is None else others[measure]
        lower, upper = np.full(len(base), -np.inf), np.full(len(base), np.inf)
        if band.floor is not None:
            lower[held] = band.floor * base[held] - beside[held]
        if band.ceiling is not None:
            upper[held] = band.ceiling * base[held] - beside[held]
        name = rule if measure == "students" else f"{rule}.{measure.partition(':')[2]}"
        rows.append(ZoneBand(name, "students", {measure: 1.0}, lower, upper))
    return rows


def band_findings(
    rule: str,
    problem: Problem,
    zone_of: Ints,
    band: Band,
    bases: Mapping[str, Floats],
    *,
    others: Mapping[str, Floats] | None = None,
) -> list[Finding]:
    """Measure the students of each school, with those of other levels, against both sides."""
    students = [zone_sum(problem, problem.measure(measure), zone_of) for measure in bases]
    if others is not None:
        students = [own + others[m] for own, m in zip(students, bases, strict=True)]
    base = np.concatenate(list(bases.values()))
    schools = [school for measure in bases for school in schools_counted(problem, measure)]
    together = any(
        len(group) > 1 and not np.isnan(held)
        for group, held in zip(problem.partners, bases["students"], strict=False)
    )
    sides = (("most", band.ceiling), ("least", band.floor))
    return [
        school_finding(
            rule,
            schools,
            np.concatenate(students),
            share * base,
            side=side,
            unit="students",
            words="Students of each zone" if together else "Students at each school",
            noun="zone" if together else "school",
        )
        for side, share in sides
        if share is not None
    ]


def schools_counted(problem: Problem, measure: str) -> list[tuple[str, str]]:
    """Return the id and the name of whom a measure counts in each zone."""
    if measure == "students":
        return [(str(zone), problem.zone_name(z)) for z, zone in enumerate(problem.zone_ids)]
    found = []
    for z, group in enumerate(problem.partners):
        ids = tuple(p.school_id for p in group)
        names = problem.partner_names[z] if problem.partner_names else ids
        named = zip(group, names, strict=True)
        here = [(p.school_id, name or p.school_id) for p, name in named if p.measure == measure]
        found.append(here[0] if here else ("", ""))
    return found


def band_words(band: Band, base: str) -> str:
    """Return the band in words, such as ``between 85 % and 115 % of its size in today's zone``."""
    floor, ceiling = band
    if floor is None:
        return f"at most {100 * ceiling:.4g} % of {base}" if ceiling is not None else ""
    if ceiling is None:
        return f"at least {100 * floor:.4g} % of {base}"
    return f"between {100 * floor:.4g} % and {100 * ceiling:.4g} % of {base}"
