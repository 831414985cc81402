"""The plans of a batch worth looking at: the good ones, the most different ones, their maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geodata import DataError, District, load_district
from geodata.dtypes import Bools, Floats
from planner.batch.measures import distances, first_aims, front_of, good_and_different
from planner.batch.minimaps import map_series
from planner.batch.view import View, called, folder_of, says
from planner.comparison.comparison import badness

__all__ = ["among_alike", "different_plans", "good_plans", "map_rows"]


MAPS = 24
DIFFERENT = 6
NEAR = 0.05  # share of the range of the first aim that still counts as good
COMPARED = 80  # good plans that are held against each other, the best first


def good_plans(view: View) -> dict[str, list[str]]:
    """Return, for each district, the plans no other beats in aims, x and y, and the near-best."""
    judged = [m for m in view.measures if m.is_aim or m.key in {view.x, view.y}]
    keys, aim_of = [m.key for m in judged], first_aims(view.tables.results)
    found: dict[str, list[str]] = {}
    for district, rows in view.tables.runs.groupby("district"):
        jobs = [job for job in rows["job"] if job in view.tables.found]
        if not jobs:
            continue
        if not judged:
            found[str(district)] = jobs
            continue
        numbers = view.values.loc[jobs, keys].to_numpy(float)
        aims = [keys.index(aim) if (aim := aim_of.get(job)) in keys else -1 for job in jobs]
        front, near, first = among_alike(numbers, [m.better for m in judged], aims)
        best = sorted(np.flatnonzero(front | near), key=lambda i: (not front[i], first[i], i))
        found[str(district)] = [jobs[i] for i in best]
    return found


def among_alike(
    numbers: Floats, better: Sequence[str], aims: Sequence[int]
) -> tuple[Bools, Bools, Floats]:
    """Compare plans with those that know the same measures: others aim at something else.

    Parameters
    ----------
    numbers : (k, m) float64
        Plans by measures, NaN unknown.
    better : (m,) sequence of str
    aims : (k,) sequence of int
        The measure that each plan's search made least first; -1 where the plans do not differ in
        it.

    Returns
    -------
    front, near : (k,) bool
        Whether no plan beats it; whether it is near the best in its first aim, of the plans that
        aim at the same.
    first : (k,) float64
        How bad it is in that, 0 the best to 1 the worst.
    """
    front = np.zeros(len(numbers), dtype=bool)
    first, known = np.zeros(len(numbers)), ~np.isnan(numbers)
    aim_of = np.asarray(aims)
    for pattern in np.unique(known, axis=0):
        rows = (known == pattern).all(axis=1)
        sides = [side for side, is_known in zip(better, pattern, strict=True) if is_known]
        front[rows] = front_of(numbers[np.ix_(rows, pattern)], sides) if sides else True
        for aim in np.unique(aim_of[rows & (aim_of >= 0)]):
            alike = rows & (aim_of == aim)
            bad = badness(numbers[alike, aim], [better[aim]] * int(alike.sum()))
            first[alike] = (bad - bad.min()) / max(float(np.ptp(bad)), np.finfo(float).tiny)
    return front, first <= NEAR, first


def district_of(view: View, job: str) -> District | None:
    """Return the district of a job for its maps; None where it is no longer there."""
    known = view.tables.jobs[job]
    key = known.district_digest
    if key not in view.districts:
        try:
            district = load_district(known.district)
        except (DataError, OSError):
            return None
        view.districts[key] = district if district.digest() == key else None
    return view.districts[key]


def different_plans(view: View, chosen: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    """Yield good plans that differ most, with the share of students they place otherwise."""
    for district, jobs in chosen.items():
        compared = jobs[:COMPARED]
        plans = {j: p for j in compared if (p := view.tables.found[j].plan) is not None}
        names, apart = distances(plans, students_of(view, compared[0]))
        for at, (job, share) in enumerate(good_and_different(compared, names, apart, DIFFERENT)):
            yield {
                "name": called(view, job), "folder": folder_of(view, job),
                "district": district, "apart": "–" if at == 0 else f"{share:.1%}",
            }  # fmt: skip


def students_of(view: View, job: str) -> pd.Series[float]:
    """Return students by level and block, else nothing: blocks then count.

    Nothing is returned where the district is not there any more, or does not count its students.
    """
    district = district_of(view, job)
    if district is None:
        return pd.Series(dtype=float)
    levels = [level for level in district.levels if district.students.has(level=level)]
    counts = [np.nan_to_num(district.students.count(level=level)) for level in levels]
    index = pd.MultiIndex.from_product([levels, district.blocks.index], names=["level", "block_id"])
    return pd.Series(np.concatenate(counts) if counts else [], index=index, dtype=float)


def map_rows(view: View, chosen: dict[str, list[str]]) -> Iterator[dict[str, Any]]:
    """Yield a series of small maps for each district and level, the good plans first."""
    for name, good in chosen.items():
        everyone = [
            job for job in view.tables.found if view.tables.places[job] == name and job not in good
        ]
        jobs = [*good, *everyone][:MAPS]
        district = district_of(view, jobs[0])
        if district is None:
            continue
        plans = {j: p for j in jobs if (p := view.tables.found[j].plan) is not None}
        for series in map_series(district, plans):
            maps = [
                {
                    "svg": series.draw(job, called(view, job)),
                    "name": called(view, job),
                    "folder": folder_of(view, job),
                    "says": says(view, job),
                }
                for job in series.owners
            ]
            left_out = len(everyone) + len(good) - len(jobs)
            text = "Plans that no other beats come first; what changes school is hatched."
            text += f" {left_out} more plans are not drawn." if left_out else ""
            yield {"title": f"{name}, {series.level}", "text": text, "maps": maps}
