"""The gate between a district's numbers and the public.

`open_gate` decides which numbers of a packet may be shown, and proves it: for every number of
students below the threshold that could be asked for there are two possible worlds, both of them
in agreement with everything shown, in which it is 0 and in which it reaches the threshold.  What
holds for areas holds for their single blocks too: see `telling_means`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geodata import District
from planner.disclosure.areas import Areas, find_areas
from planner.disclosure.blocks import telling_means
from planner.disclosure.cells import Key, sums_of, targets_of
from planner.disclosure.memory import Published, still_true
from planner.disclosure.program import GivenAwayError, protect
from planner.disclosure.rates import Rate, rates_of, rounded
from planner.disclosure.refusal import Refusal
from planner.disclosure.shown import Numbers, offers, show
from planner.disclosure.worlds import TOLERANCE, Row, Target, consistent
from planner.errors import DisclosureError, SolverError
from planner.plan import Plan
from planner.privacy import Preset

__all__ = ["Release", "open_gate"]

_SLACK = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """What may be shown.

    Parameters
    ----------
    values : mapping of key to float
        The numbers that may be shown, rounded as they may be shown.
    bounds : mapping of key to (low, high)
        Sums that may be shown only as "at most" or "at least" [students].
    about : mapping of key to (low, high)
        Sums of which only a rounded share may be shown, and what it tells of them [students].
    told : frozenset of key
        Sums and rates that `values` tells, directly or by way of a share.
    left_out : tuple of str
        Groups with too few students to be shown by school.
    threshold : float [students]
    areas, targets, worlds
        The proof.
    """

    values: Numbers
    bounds: Mapping[Key, tuple[float, float]]
    about: Mapping[Key, tuple[float, float]]
    told: frozenset[Key]
    left_out: tuple[str, ...]
    threshold: float
    areas: Areas
    targets: tuple[Target, ...] = ()
    worlds: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))


def open_gate(
    district: District,
    plans: Mapping[str, Plan],
    numbers: Numbers,
    *,
    preset: Preset,
    earlier: Sequence[Published] = (),
    tell: Callable[[int, int], None] | None = None,
) -> Release:
    """Decide which numbers may be shown.

    Parameters
    ----------
    district : District
    plans : mapping of name to Plan
        Today's ("") and every option's.
    numbers : mapping of key to float
        Every number of the packet; a number that is not understood here is not shown.
    preset : Preset
    earlier : sequence of Published
        What is told of other counts of students in them is left aside.

    tell : callable (done, total), optional
        Listens to how much of the proof is done.

    Raises
    ------
    DisclosureError
        Where the earlier packets together with the plans already give a small number away.
    SolverError
        Where the proof ends without an answer.
    """
    earlier = still_true(district, earlier)
    groups, left_out = _groups(district, plans, preset, earlier)
    old = {f"{at}:{name}": p for at, one in enumerate(earlier) for name, p in one.plans.items()}
    areas = find_areas(district, {**plans, **old}, groups)
    truth = areas.unknowns()
    sums = sums_of(areas, [*plans, *old])
    rates = list(rates_of(district, areas, [*plans, *old]))
    known = _told_before(earlier, sums, rates, truth.values)
    offered = {k: row for k, row in sums.items() if k[0] in plans and _fits(numbers, k, row.low)}
    offered = dict(offers(offered, sums, preset))
    fitting = [r for r in rates if r.key[0] in plans and _fits_rate(numbers, r, truth.values)]
    averages = {rate.key: rate.row(truth.values) for rate in fitting}
    rows = [*known, *offered.values(), *averages.values()]
    targets = tuple(targets_of(areas, preset.threshold))
    refusal = Refusal(district, plans, earlier, preset.threshold)
    try:
        verdict = protect(truth, rows, targets, preset.threshold, tell)
    except GivenAwayError as error:
        raise refusal.given_away(areas, error) from error
    except SolverError as error:
        raise refusal.no_answer(error) from error
    kept = {k: row for k, row in offered.items() if k not in verdict.hidden}
    open_rates = [rate for rate in fitting if rate.key not in verdict.hidden]
    told = [rate for rate in rates if rate.key in {row.key for row in known}]
    agreed = _agreed(areas, open_rates, told, verdict.worlds, preset.threshold)
    values, bounds, about = show(numbers, kept, sums)
    rows = [*known, *kept.values()]
    _prove(rows, targets, verdict.worlds, refusal)
    return Release(
        values=values | agreed, bounds=bounds, about=about,
        told=frozenset({*kept, *agreed}), left_out=left_out, threshold=preset.threshold,
        areas=areas, targets=targets, worlds=verdict.worlds,
    )  # fmt: skip


def _agreed(
    areas: Areas,
    rates: Sequence[Rate],
    told: Sequence[Rate],
    worlds: NDArray[np.float64],
    threshold: float,
) -> dict[Key, float]:
    """Return the rates that every world rounds alike, but for means that would tell of blocks."""
    truth = areas.unknowns().values
    doubtful = {rate.key for rate in rates if not _agree(rate, truth, worlds)}
    sure = [rate for rate in rates if rate.key not in doubtful]
    telling = telling_means(areas, sure, worlds, threshold, told)
    kept = [rate for rate in sure if rate.key not in telling]
    return {rate.key: rounded(rate.value(truth), rate.grain) for rate in kept}


def _prove(
    rows: Sequence[Row], targets: Sequence[Target], worlds: NDArray[np.float64], refusal: Refusal
) -> None:
    """Check the worlds once more: they agree with all that is shown, and hide every target."""
    wrong = sum(not consistent(row, worlds).all() for row in rows) if len(worlds) else 0
    open_ends = 0
    for target in targets:
        seen = target.values(worlds)
        open_ends += not (seen.min() <= _SLACK and seen.max() >= refusal.threshold - _SLACK)
    if wrong or open_ends:
        raise DisclosureError(
            f"the public packet could not be proven safe: {open_ends} small numbers, "
            f"{wrong} published ones",
            "somebody could work out how many children of a kind live in a few streets",
            refusal.ways_out(),
        )


def _groups(
    district: District, plans: Mapping[str, Plan], preset: Preset, earlier: Sequence[Published]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the groups to show by school, and those that are too small on average.

    Small groups are left out together with the next larger ones, until what is left out is large
    enough not to be small itself.  A group that was shown before cannot be left out any more.
    """
    counts = district.students
    schools = max(len(set(plan.table["school_id"])) for plan in plans.values())
    levels = [level for level in district.levels if counts.has(level=level)]
    size = {
        group: float(np.nansum([counts.count(level=level, group=group).sum() for level in levels]))
        for group in counts.groups
        if all(counts.has(level=level, group=group) for level in levels)
    }
    told = {key[4] for packet in earlier for key in packet.shown}
    left_out: list[str] = []
    gathered = 0.0
    for group in sorted(size.keys() - told, key=lambda g: (size[g], g)):
        is_small = size[group] < preset.threshold * schools
        if not is_small and not (left_out and gathered < 3 * preset.threshold * schools):
            break
        left_out.append(group)
        gathered += size[group]
    return tuple(g for g in counts.groups if g not in left_out), tuple(sorted(left_out))


def _told_before(
    earlier: Sequence[Published],
    sums: Mapping[Key, Row],
    rates: Sequence[Rate],
    truth: NDArray[np.float64],
) -> list[Row]:
    """Return what earlier packets have told, which cannot be taken back.

    Where a number may be any of several (the mean way of a building of two levels), all of them
    are taken for told.
    """
    rows = []
    of: dict[Key, list[Rate]] = {}
    for rate in rates:
        of.setdefault(rate.key, []).append(rate)
    for at, one in enumerate(earlier):
        for key in sorted(one.shown):
            now: Key = (f"{at}:{key[0]}", *key[1:])
            told = [sums[now]] if now in sums else [rate.row(truth) for rate in of.get(now, [])]
            for row in told:
                low, high = one.bounds.get(key, (row.low, row.high))
                rows.append(replace(row, low=low, high=high, cost=np.inf))
    return rows


def _fits(numbers: Numbers, key: Key, value: float) -> bool:
    """Tell whether the packet has a number and it is the one worked out here."""
    given = numbers.get(key, np.nan)
    return bool(abs(given - value) <= TOLERANCE * max(1.0, abs(value)))


def _fits_rate(numbers: Numbers, rate: Rate, truth: NDArray[np.float64]) -> bool:
    """Tell the same of a rate, to a hundredth of the step in which it is shown."""
    return bool(abs(numbers.get(rate.key, np.nan) - rate.value(truth)) <= rate.grain / 100)


def _agree(rate: Rate, truth: NDArray[np.float64], worlds: NDArray[np.float64]) -> bool:
    """Tell whether every world rounds a rate alike."""
    shown = rounded(rate.value(truth), rate.grain)
    return all(abs(rate.value(world) - shown) <= rate.grain / 2 * (1 + 1e-9) for world in worlds)
