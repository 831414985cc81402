"""What earlier public packets told, and how much of it is about the students of now.

An earlier packet's numbers are compared with what the present counts would give.  A number that
is still true is known to every reader.  Where many numbers of a measure are still true, its counts
have only been corrected here and there: then the others are taken for known too, as if they had
been told of the present counts.  Where hardly any is, the packet was about other children.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from geodata import District
from planner.disclosure.areas import Areas, find_areas
from planner.disclosure.cells import TODAY, Key, sums_of
from planner.disclosure.rates import rates_of
from planner.plan import Plan

__all__ = ["Published", "is_about", "still_true"]

_log = logging.getLogger(__name__)

_SAME = 0.25  # share of a measure's numbers that are still true where the counts are the same
_WITHIN = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """What an earlier public packet has told.

    Parameters
    ----------
    plans : mapping of letter to Plan
    shown : frozenset of key
        Sums and rates that were shown.
    bounds : mapping of key to (low, high)
        Of sums that were shown as "at most" or "at least".
    values : mapping of key to float
        What was shown; without it, the numbers are taken for those of the present counts.
    folder : str
        Where its record was read.
    """

    plans: Mapping[str, Plan]
    shown: frozenset[Key]
    bounds: Mapping[Key, tuple[float, float]] = field(default_factory=dict)
    values: Mapping[Key, float] = field(default_factory=dict)
    folder: str = ""


def is_about(packet: Published, district: District) -> bool:
    """Tell whether a packet was about blocks of a district."""
    blocks = district.blocks.index
    return any(plan.table["block_id"].isin(blocks).any() for plan in packet.plans.values())


def still_true(district: District, earlier: Sequence[Published]) -> list[Published]:
    """Return what earlier packets have told of the district's present counts.

    Parameters
    ----------
    district : District
    earlier : sequence of Published
        Packets about other places, or other students, are left aside.
    """
    mine = [_of_district(packet, district) for packet in earlier if is_about(packet, district)]
    kept = [_of_now(district, packet) for packet in mine]
    return [packet for packet in kept if packet.shown]


def _of_district(packet: Published, district: District) -> Published:
    """Leave out blocks and levels that the district does not have."""
    plans = {}
    for name, plan in packet.plans.items():
        table = plan.table
        known = table["block_id"].isin(district.blocks.index)
        plans[name] = Plan(table[known & table["level"].isin(list(district.levels))])
    return replace(packet, plans=plans)


def _of_now(district: District, packet: Published) -> Published:
    """Keep the numbers that are still true, and those of measures that are hardly changed."""
    plans = {TODAY: Plan.today(district), **packet.plans}
    areas = find_areas(district, plans)
    sums = sums_of(areas, list(plans))
    index: dict[Key, NDArray[np.int64]] = {}
    for rate in rates_of(district, areas, list(plans)):
        index[rate.key] = np.concatenate([index.get(rate.key, rate.index), rate.index])
    index |= {key: row.index for key, row in sums.items()}
    part_of = _part_of(areas)
    true: set[Key] = set()
    votes: dict[int, list[bool]] = defaultdict(list)
    for key in packet.shown & sums.keys() & packet.values.keys():
        told, now = packet.values[key], sums[key].low
        is_true = abs(told - now) <= _WITHIN * max(1.0, abs(told))
        true |= {key} if is_true else set()
        for part in np.unique(part_of[sums[key].index]).tolist() if told > 0 else ():
            votes[part].append(is_true)
    other = [part for part, vote in votes.items() if np.mean(vote) < _SAME]
    hardly = {
        key for key in packet.shown & index.keys() if not np.isin(part_of[index[key]], other).any()
    }
    if hardly - true and any(not all(vote) for vote in votes.values()):
        _log.warning(
            "an earlier public packet was about slightly other counts of students; "
            "it is taken for having told the present ones"
        )
    return replace(packet, shown=frozenset(true | hardly))


def _part_of(areas: Areas) -> NDArray[np.int64]:
    """Return which measure of which population each unknown belongs to, numbered."""
    sizes = [population.size for population in areas.populations for _ in population.counts]
    return np.repeat(np.arange(len(sizes)), sizes)
