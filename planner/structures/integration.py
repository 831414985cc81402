"""Integration of an arrangement: who meets whom, and who meets how much poverty, within grades."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from planner.metrics.certificate import gap_limit_by_band
from planner.metrics.dissimilarity import dissimilarity
from planner.metrics.exposure import exposure, isolation_excess
from planner.metrics.poverty_exposure import exposure_to_poverty
from planner.metrics.poverty_near import poverty_spread
from planner.metrics.stratified import stratified
from planner.structures.arrangement import Arrangement
from planner.structures.setting import Rows, Setting

__all__ = ["add_integration", "add_poverty"]

Floats = NDArray[np.float64]
NAN = float("nan")
POOLED = "grades pooled: schools of different grades differ because cohorts differ"


def _by_grade(arrangement: Arrangement, counts: Floats) -> list[Floats]:
    tally = arrangement.tally(counts)
    return [tally[:, g] for g in range(tally.shape[1])]


def add_integration(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    """Add dissimilarity, isolation and exposure of all groups, within grades."""
    pupils = setting.pupils
    total = _by_grade(arrangement, pupils.students)
    weight = np.array([t.sum() for t in total])
    names = [g for g, n in pupils.groups.items() if np.nansum(n) >= max(setting.least_group, 1e-9)]
    tallies = {name: _by_grade(arrangement, pupils.groups[name]) for name in names}
    if not names:
        rows.missing(("dissimilarity", "isolation", "exposure"), "no groups are counted")
    for a, b in combinations(names, 2):
        index = np.array([dissimilarity(x, y) for x, y in zip(tallies[a], tallies[b], strict=True)])
        pooled = dissimilarity(np.sum(tallies[a], axis=0), np.sum(tallies[b], axis=0))
        rows.add("dissimilarity", stratified(index, weight), "index 0-1", f"{a} - {b}")
        rows.add("dissimilarity_pooled", pooled, "index 0-1", f"{a} - {b}", POOLED)
    for a in names:
        excess = [isolation_excess(x, t) for x, t in zip(tallies[a], total, strict=True)]
        rows.add("isolation_above_composition", stratified(np.array(excess), weight), "share", a)
        for b in names:
            met = [exposure(x, y, t) for x, y, t in zip(tallies[a], tallies[b], total, strict=True)]
            value = stratified(np.array(met), weight)
            if a == b:
                rows.add("isolation", value, "share", a)
            else:
                rows.add("exposure", value, "share", f"{a} to {b}")


def add_poverty(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    """Add exposure to poverty by group, its gaps and their proven limit, within grades."""
    pupils = setting.pupils
    names = ("poverty_exposure", "parity_gap", "poverty_distance", "poverty_spread")
    if pupils.poor is None:
        rows.missing(names, "the district has no poverty count")
        return
    total = _by_grade(arrangement, pupils.students)
    poor = _by_grade(arrangement, pupils.poor)
    weight = np.array([t.sum() for t in total])
    met: dict[str, Floats] = {}
    for name, counts in pupils.groups.items():
        if not np.nansum(counts) >= max(setting.least_group, 1e-9):
            continue
        group = _by_grade(arrangement, counts)
        met[name] = np.array(
            [exposure_to_poverty(*cell) for cell in zip(group, poor, total, strict=True)]
        )
        rows.add("poverty_exposure", stratified(met[name], weight), "share", name)
    gaps = {f"{a} - {b}": stratified(met[a] - met[b], weight) for a, b in combinations(met, 2)}
    for pair, gap in gaps.items():
        rows.add("poverty_gap", gap, "share", pair)
    worst = max((abs(gap) for gap in gaps.values()), default=NAN)
    rows.add("parity_gap", worst, "share", "", "" if gaps else "fewer than two groups")
    apart = [poverty_spread(p, t) for p, t in zip(poor, total, strict=True) if t.sum() > 0]
    furthest = max(apart, default=NAN)
    everyone = float(weight.sum())
    rows.add("poverty_distance", _distance(poor, total) / everyone if everyone else NAN, "share")
    rows.add("poverty_spread", furthest, "share", "", "school furthest from its grade's poverty")
    limit = gap_limit_by_band(furthest)
    rows.add("parity_gap_at_most", limit, "share", "", "proven: twice the poverty spread")


def _distance(poor: list[Floats], total: list[Floats]) -> float:
    """Add up ``|p - P t|`` over buildings and grades [students]."""
    return float(
        sum(
            np.abs(p - t * (p.sum() / t.sum())).sum()
            for p, t in zip(poor, total, strict=True)
            if t.sum() > 0
        )
    )
