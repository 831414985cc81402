"""What a reorganisation is for, as numbers that add up over buildings and grades.

Dissimilarity, distance from the district's poverty and the gaps in exposure to poverty are all
sums over (building, grade) of a term that depends only on who is in that building and grade,
because a grade's district totals never change; poverty spread is the largest such term.  So the
part of a cluster does not depend on the other clusters, and the best set of clusters is an exact
integer program.

All are grade-stratified: within each grade, weighted by the grade's students.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from geodata.dtypes import Floats
from planner.errors import EmptyGroupError, ScenarioError
from planner.structures.residents import Residents

__all__ = ["AIMS", "Aim", "aim_of"]

AIMS = ("dissimilarity", "parity_gap", "poverty_distance", "poverty_spread")


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """A number to minimise, with its terms.

    Maths    value = max over components of |sum over (building, grade) of a term|; for the poverty
             spread, max over (building, grade)
    Exact    yes: the same as the grade-stratified metric of the plan

    Parameters
    ----------
    name : str
        One of `AIMS`.
    unit : str
    measures : tuple of str
        Measures its terms need.
    components : tuple of str
        One name a component: the parity gap has one a pair of groups, the others one.
    totals : mapping of measure to (G,) float64 [students]
        The district's totals by grade.
    pairs : tuple of (measure, measure)
        Groups compared.
    """

    name: str
    unit: str
    measures: tuple[str, ...]
    components: tuple[str, ...]
    totals: Mapping[str, Floats]
    pairs: tuple[tuple[str, str], ...] = ()

    @property
    def is_worst(self) -> bool:
        """Whether the worst building counts, and not the sum."""
        return self.name == "poverty_spread"

    @property
    def uses_race(self) -> bool:
        """Whether a count of a racial or ethnic group enters the aim."""
        return any(name.startswith("group:") for name in self.measures)

    @property
    def stand_in(self) -> str:
        """What linear programs minimise instead, where the aim is a ratio; else empty."""
        if self.name not in ("parity_gap", "poverty_spread"):
            return ""
        return "mean distance of schools from the district's poverty"

    def terms(self, tally: Mapping[str, Floats]) -> Floats:
        """Return the terms of buildings.

        Parameters
        ----------
        tally : mapping of measure to (..., G) float64 [students]
            Students of each building by grade, or of each candidate for a building.

        Returns
        -------
        (..., k) float64
            Summed over grades, one number a component.
        """
        if self.name == "dissimilarity":
            (a, b), weight = self.pairs[0], self._grade_weights(*self.pairs[0])
            apart = tally[a] * _inverse(self.totals[a]) - tally[b] * _inverse(self.totals[b])
            return np.asarray((0.5 * np.abs(apart) @ weight)[..., None])
        poverty = tally["poor"] * _inverse(tally["students"])
        if self.name != "parity_gap":
            share = self.totals["poor"] * _inverse(self.totals["students"])
            apart = np.where(tally["students"] > 0, np.abs(poverty - share), 0.0)
            if self.is_worst:
                return np.asarray(apart.max(axis=-1)[..., None])
            added = (apart * tally["students"]).sum(axis=-1)
            return np.asarray((added * _inverse(self.totals["students"].sum()))[..., None])
        out = []
        for a, b in self.pairs:
            lean = tally[a] * _inverse(self.totals[a]) - tally[b] * _inverse(self.totals[b])
            out.append((lean * poverty) @ self._grade_weights(a, b))
        return np.stack(out, axis=-1)

    def linear(self, counts: Mapping[str, Floats]) -> Floats:
        """Return signed weights whose absolute sums over buildings and grades add up to the aim.

        Parameters
        ----------
        counts : mapping of measure to (..., G) float64 [students]

        Returns
        -------
        (..., G) float64
            Dissimilarity and poverty distance exactly; for the parity gap and the poverty spread,
            which are ratios, those of the poverty distance stand in.
        """
        if self.name == "dissimilarity":
            a, b = self.pairs[0]
            apart = counts[a] * _inverse(self.totals[a]) - counts[b] * _inverse(self.totals[b])
            return np.asarray(0.5 * apart * self._grade_weights(a, b))
        share = self.totals["poor"] * _inverse(self.totals["students"])
        apart = counts["poor"] - share * counts["students"]
        return np.asarray(apart * _inverse(self.totals["students"].sum()))

    def join(self, terms: Floats) -> Floats:
        """Put the terms of several buildings or clusters together, (b, ..., k) to (..., k)."""
        return np.asarray(terms.max(axis=0) if self.is_worst else terms.sum(axis=0))

    def value(self, joined: Floats) -> float:
        """Return the aim from the terms of the whole district, (k,)."""
        return float(np.abs(joined).max())

    def of(self, tally: Mapping[str, Floats]) -> float:
        """Evaluate a plan.

        Parameters
        ----------
        tally : mapping of measure to (m, G) float64 [students]

        Returns
        -------
        float
            NaN where a count is unknown.
        """
        if any(np.isnan(tally[measure]).any() for measure in self.measures):
            return float("nan")
        return self.value(self.join(self.terms(tally)))

    def _grade_weights(self, a: str, b: str) -> Floats:
        """Share of students in each grade, over the grades with students of both groups, (G,)."""
        both = (self.totals[a] > 0) & (self.totals[b] > 0)
        weight = np.where(both, self.totals["students"], 0.0)
        return np.asarray(weight / weight.sum()) if weight.sum() > 0 else weight


def aim_of(name: str, residents: Residents, groups: Sequence[str] = (), least: float = 0.0) -> Aim:
    """Prepare an aim for a district.

    Parameters
    ----------
    name : str
        One of `AIMS`.
    residents : Residents
    groups : sequence of str
        The two groups of a dissimilarity; the groups of a parity gap (none: all with at least
        `least` students).  ``poor`` may stand for poor students in a dissimilarity, against
        ``rest``.
    least : float [students]
        Groups smaller than this are left out of the parity gap.

    Raises
    ------
    ScenarioError
        For an unknown aim or a wrong number of groups.
    MissingPovertyError, EmptyGroupError
        Where the district lacks what the aim is about.
    """
    if name not in AIMS:
        raise ScenarioError(
            f"unknown aim {name!r}", "nothing can be compared without one", f"use {', '.join(AIMS)}"
        )
    totals = {"students": np.nansum(residents.students, axis=0)}
    if name != "dissimilarity":
        totals["poor"] = np.nansum(residents.poverty(), axis=0)
    if name.startswith("poverty_"):
        return Aim(name, "share", ("students", "poor"), ("poor",), totals)
    if name == "dissimilarity":
        if len(groups) != 2:
            raise ScenarioError(
                f"dissimilarity compares two groups, {len(groups)} are given",
                "it is a distance between two distributions",
                'write groups = ["one", "other"]',
            )
        pairs = [tuple(_measure(group) for group in groups)]
    else:
        sizes = {group: np.nansum(counts) for group, counts in residents.groups.items()}
        chosen = groups or [group for group, size in sizes.items() if size >= max(least, 1e-9)]
        if len(chosen) < 2:
            raise EmptyGroupError(
                f"the parity gap needs two groups with students, found {len(chosen)}",
                "it is a difference between groups",
                "map more groups in the district file, or lower the least size of a group",
            )
        pairs = list(combinations([_measure(group) for group in chosen], 2))
    for measure in {m for pair in pairs for m in pair}:
        totals[measure] = np.nansum(residents.measure(measure), axis=0)
    names = tuple(" - ".join(m.removeprefix("group:") for m in pair) for pair in pairs)
    unit = "index 0-1" if name == "dissimilarity" else "share"
    return Aim(name, unit, tuple(totals), names, totals, tuple((a, b) for a, b in pairs))


def _measure(group: str) -> str:
    return group if group in ("poor", "students") else f"group:{group}"


def _inverse(total: Floats) -> Floats:
    """Return 1 / total, and 0 where there is nobody."""
    return np.divide(1.0, total, out=np.zeros_like(total, dtype=np.float64), where=total > 0)
