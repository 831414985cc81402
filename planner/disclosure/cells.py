"""Every sum of students a packet could show, named as its tables name it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from geodata.reserved import ALL, POOR
from planner.disclosure.areas import Areas, Population
from planner.disclosure.worlds import Row, Target

__all__ = ["TODAY", "sums_of", "targets_of"]

TODAY = ""
_COST = {ALL: 12.0, POOR: 3.0}  # what hiding takes from a reader; a group costs 1
_TODAY_COSTS = 2.0
_FLOW_COSTS = 0.5
_WIDE = 20.0  # sums of a whole level are worth more than those of one school

Key = tuple[str, str, str, str, str]


def sums_of(areas: Areas, plans: Sequence[str]) -> dict[Key, Row]:
    """Return the sums over schools, levels and flows of the plans, with their true values.

    Parameters
    ----------
    areas : Areas
    plans : sequence of str
        Names of the plans; "" is today's, and "0:" that of the first earlier packet.

    Returns
    -------
    dict of key to Row
        Keys are (plan, metric, scope, id, group) as in metrics.csv; flows have the metric
        ``moved``, the scope ``flow``, the id ``from>to`` and the level as group.  Sums with an
        unknown part are left out.
    """
    parts: dict[Key, list[NDArray[np.int64]]] = defaultdict(list)
    for population in areas.populations:
        for plan in plans:
            for key, index in _sums(population, plan):
                parts[key].append(index)
    truth, known = areas.unknowns().values, areas.known()
    rows = {}
    for key, pieces in parts.items():
        index, times = np.unique(np.concatenate(pieces), return_counts=True)
        if known[index].all():
            weight = times.astype(np.float64)
            value = float(truth[index] @ weight)
            rows[key] = Row(key, index, weight, value, value, _cost(key))
    return rows


def targets_of(areas: Areas, threshold: float) -> Iterator[Target]:
    """Yield every number of students in an area that is below the threshold.

    Also what is left of an area beside a group ("all but three are poor" gives three away), and
    beside all groups that are shown.
    """
    known, truth, least = areas.known(), areas.unknowns().values, threshold - 1e-6
    for number, population in enumerate(areas.populations):
        every = np.arange(population.size)
        whole = population.index(ALL, every)
        sets: dict[str, tuple[NDArray[np.int64], ...]]
        sets = {measure: (population.index(measure, every),) for measure in population.counts}
        groups = tuple(parts[0] for m, parts in sets.items() if m not in (ALL, POOR))
        if population.how == "below" and groups:
            sets["others"] = groups
        for measure, parts in sets.items():
            sure = known[whole] & np.all([known[part] for part in parts], axis=0)
            value = np.sum([truth[part] for part in parts], axis=0)
            rest = truth[whole] - value
            for area in np.flatnonzero(sure):
                name, plus = ("area", str(number), str(area), measure), whole[[area]]
                minus = np.array([part[area] for part in parts])
                if measure != "others" and value[area] < least:
                    yield Target(name, minus)
                if measure != ALL and rest[area] < least:
                    yield Target((*name, "rest"), plus, minus)


def _sums(population: Population, plan: str) -> Iterator[tuple[Key, NDArray[np.int64]]]:
    levels = [level for name, level in population.units if name == plan]
    for measure in population.counts:
        for level in levels:
            unit = population.units[plan, level]
            placed = population.index(measure, np.flatnonzero(unit != ""))
            yield (plan, "students", "level", level, measure), placed
            yield (plan, "students", "district", ALL, measure), placed
            for name in np.unique(unit[unit != ""]):
                here = population.index(measure, np.flatnonzero(unit == name))
                yield (plan, "students", "school", str(name), measure), here
            before = _today_of(plan)
            if plan != before and (before, level) in population.units:
                yield from _moved(population, (before, plan), level, measure)


def _today_of(plan: str) -> str:
    """Return the plan of today that a plan was compared with: in an earlier packet, its own."""
    return plan[: plan.find(":") + 1]


def _moved(
    population: Population, plans: tuple[str, str], level: str, measure: str
) -> Iterator[tuple[Key, NDArray[np.int64]]]:
    plan = plans[1]
    before, after = (population.units[name, level] for name in plans)
    moved = np.flatnonzero((before != after) & (before != "") & (after != ""))
    index = population.index(measure, moved)
    near, far = ("level", "district") if measure == ALL else ("group", "group")
    yield (plan, "students_moved", near, level, measure), index
    yield (plan, "students_moved", far, ALL, measure), index
    if measure != ALL:
        return
    for a, b in sorted({(str(before[at]), str(after[at])) for at in moved}):
        here = np.flatnonzero((before == a) & (after == b))
        yield (plan, "moved", "flow", f"{a}>{b}", level), population.index(measure, here)


def _cost(key: Key) -> float:
    plan, metric, scope, _, group = key
    cost = _FLOW_COSTS if metric == "moved" else _COST.get(group, 1.0)
    if scope in ("level", "district", "group"):
        cost *= _WIDE
    return cost * (_TODAY_COSTS if plan == TODAY else 1.0)
