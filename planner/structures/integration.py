"""Integration of an arrangement: who meets whom, and who meets how much poverty, within grades."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from geodata.dtypes import Floats
from geodata.errors import counted
from planner.metrics.certificate import gap_limit_by_band, gap_limit_by_evenness
from planner.metrics.dissimilarity import dissimilarities, dissimilarity
from planner.metrics.exposure import exposure, isolation_excess
from planner.metrics.poverty_exposure import exposure_to_poverty
from planner.metrics.poverty_near import poverty_distance, poverty_range, poverty_spread
from planner.metrics.random_assignment import expected_exposure, simulate
from planner.metrics.stratified import stratified
from planner.structures.arrangement import Arrangement
from planner.structures.setting import Rows, Setting

__all__ = ["add_integration", "add_poverty"]

NAN = float("nan")
POOLED = "grades pooled: schools of different grades differ because cohorts differ"
CHANCE = "what chance alone would give at these schools' sizes"
DRAWS, SEED = 100, 0


def _by_grade(arrangement: Arrangement, counts: Floats) -> list[Floats]:
    tally = arrangement.tally(counts)
    return [tally[:, g] for g in range(tally.shape[1])]


def _mean(index: list[float], weight: Floats, *tallies: list[Floats]) -> float:
    """Average over grades; NaN where any count is unknown, not only where a grade has nobody."""
    if any(np.isnan(tally).any() for each in tallies for tally in each):
        return NAN
    return stratified(np.array(index), weight)


def _groups(setting: Setting) -> tuple[dict[str, str], list[str]]:
    """Return each group with students and what to note of it; which are large enough for gaps."""
    residents, notes, large = setting.residents, {}, []
    for name, counts in residents.groups.items():
        size = float(np.nansum(counts))
        if size <= 0:
            continue
        note = residents.unknown_note("students", f"group:{name}")
        if size >= setting.least_group:
            large.append(name)
        else:
            note = (
                note
                or f"only {counted(size, 'student')} of group {name}: left out of gaps and pairs"
            )
        notes[name] = note
    return notes, large


def add_integration(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    """Add dissimilarity, isolation and exposure of all groups, within grades."""
    residents = setting.residents
    total = _by_grade(arrangement, residents.students)
    weight = np.array([t.sum() for t in total])
    notes, large = _groups(setting)
    tallies = {name: _by_grade(arrangement, residents.groups[name]) for name in notes}
    if not notes:
        rows.missing(("dissimilarity", "isolation", "exposure"), "no groups are counted")
    _add_apart(rows, {name: tallies[name] for name in large}, total, notes)
    for a in notes:
        x = tallies[a]
        excess = [isolation_excess(*cell) for cell in zip(x, total, strict=True)]
        rows.add(
            "isolation_above_composition", _mean(excess, weight, x, total), "share", a, why=notes[a]
        )
        for b in notes:
            y, same = tallies[b], a == b
            cells = list(zip(x, y, total, strict=True))
            met = _mean([exposure(*cell) for cell in cells], weight, x, y, total)
            chance = _mean(
                [expected_exposure(*cell, same=same) for cell in cells], weight, x, y, total
            )
            name, pair = ("isolation", a) if same else ("exposure", f"{a} to {b}")
            why = notes[a] or notes[b]
            rows.add(name, met, "share", pair, why=why)
            rows.add(f"{name}_random", chance, "share", pair, note=CHANCE, why=why)


def _add_apart(
    rows: Rows, tallies: dict[str, list[Floats]], total: list[Floats], notes: dict[str, str]
) -> None:
    """Add the dissimilarity of every two groups: within grades, pooled, and by chance."""
    weight = np.array([t.sum() for t in total])
    drawn = _drawn(tallies, total)
    for (i, a), (j, b) in combinations(enumerate(tallies), 2):
        x, y = tallies[a], tallies[b]
        pair, why = f"{a} - {b}", notes[a] or notes[b]
        index = [dissimilarity(*cell) for cell in zip(x, y, strict=True)]
        pooled = dissimilarity(np.sum(x, axis=0), np.sum(y, axis=0))
        rows.add("dissimilarity", _mean(index, weight, x, y, total), "index 0-1", pair, why=why)
        rows.add("dissimilarity_pooled", pooled, "index 0-1", pair, note=POOLED, why=why)
        chance = [
            NAN if many is None else float(dissimilarities(many[:, :, i], many[:, :, j]).mean())
            for many in drawn
        ]
        value = _mean(chance, weight, x, y, total)
        rows.add("dissimilarity_random", value, "index 0-1", pair, note=CHANCE, why=why)


def _drawn(tallies: dict[str, list[Floats]], total: list[Floats]) -> list[Floats | None]:
    """Send each grade's students to its schools by chance, (draws, m, groups + rest) a grade."""
    out: list[Floats | None] = []
    for g, everybody in enumerate(total):
        groups = [tallies[name][g] for name in tallies]
        rest = np.maximum(everybody - np.sum(groups, axis=0), 0.0)
        cells = np.column_stack([*groups, rest])
        known = bool(groups) and not np.isnan(cells).any() and cells.sum() > 0
        out.append(simulate(cells, draws=DRAWS, seed=SEED) if known else None)
    return out


def add_poverty(rows: Rows, arrangement: Arrangement, setting: Setting) -> None:
    """Add exposure to poverty by group, its gaps and their proven limits, within grades."""
    residents = setting.residents
    if residents.poor is None:
        measures = ("poverty_exposure", "parity_gap", "poverty_distance", "poverty_spread")
        rows.missing(measures, "the district has no poverty count")
        return
    total = _by_grade(arrangement, residents.students)
    poor = _by_grade(arrangement, residents.poor)
    weight = np.array([t.sum() for t in total])
    unknown = residents.unknown_note("students", "poor")
    notes, large = _groups(setting)
    tallies = {name: _by_grade(arrangement, residents.groups[name]) for name in notes}
    met = {
        name: [exposure_to_poverty(*cell) for cell in zip(group, poor, total, strict=True)]
        for name, group in tallies.items()
    }
    for name, group in tallies.items():
        value = _mean(met[name], weight, group, poor, total)
        rows.add("poverty_exposure", value, "share", name, why=unknown or notes[name])
    _add_gaps(
        rows, {name: tallies[name] for name in large}, met, poor=poor, total=total, unknown=unknown
    )
    cells = [cell for cell in zip(poor, total, strict=True) if cell[1].sum() != 0]
    sizes = np.array([t.sum() for _, t in cells])
    apart = np.array([poverty_distance(*cell) for cell in cells])
    away = float((apart * sizes).sum() / sizes.sum()) if len(cells) else NAN
    furthest = float(np.max([poverty_spread(*cell) for cell in cells], initial=-np.inf))
    furthest = furthest if len(cells) else NAN
    rows.add("poverty_distance", away, "share", why=unknown)
    told = "school furthest from its grade's poverty"
    rows.add("poverty_spread", furthest, "share", note=told, why=unknown)
    limit, told = gap_limit_by_band(furthest), "proven: twice the poverty spread"
    rows.add("parity_gap_at_most", limit, "share", note=told, why=unknown)


def _add_gaps(
    rows: Rows,
    tallies: dict[str, list[Floats]],
    met: dict[str, list[float]],
    *,
    poor: list[Floats],
    total: list[Floats],
    unknown: str,
) -> None:
    """Add the gap of every two groups, its limit by evenness, and the largest gap."""
    weight = np.array([t.sum() for t in total])
    gaps, most, told = [], [], "proven: dissimilarity times poverty range"
    ranges = np.array([poverty_range(*cell) for cell in zip(poor, total, strict=True)])
    for a, b in combinations(tallies, 2):
        counts = (tallies[a], tallies[b], poor, total)
        away = np.array(met[a]) - np.array(met[b])
        gap = _mean(list(away), weight, *counts)
        apart = [dissimilarity(*cell) for cell in zip(tallies[a], tallies[b], strict=True)]
        limits = [gap_limit_by_evenness(*cell) for cell in zip(apart, ranges, strict=True)]
        limit = _mean(limits, weight, *counts)
        rows.add("poverty_gap", gap, "share", f"{a} - {b}", why=unknown)
        rows.add("poverty_gap_at_most", limit, "share", f"{a} - {b}", note=told, why=unknown)
        if not np.isnan(gap) or any(np.isnan(tally).any() for each in counts for tally in each):
            gaps.append(abs(gap))
            most.append(limit)
    worst = float(np.max(gaps)) if gaps else NAN
    why = unknown or ("" if gaps else "fewer than two groups")
    rows.add("parity_gap", worst, "share", why=why)
    limit = float(np.max(most)) if most else NAN
    rows.add("parity_gap_at_most_by_evenness", limit, "share", note=told, why=why)
