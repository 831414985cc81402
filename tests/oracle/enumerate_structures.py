"""Every structure of a tiny district, one by one: slow, obvious, independent of the package.

A table is a tuple of rows, one a zone, each a tuple of buildings, one a grade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import combinations, pairwise, product

Table = tuple[tuple[int, ...], ...]


def tables(zones: int, grades: int, buildings: Sequence[int]) -> Iterator[Table]:
    """Yield every table at all."""
    rows = list(product(buildings, repeat=grades))
    yield from product(rows, repeat=zones)


def grades_of(table: Table, building: int) -> list[int]:
    """Return the grades a building serves."""
    return sorted({g for row in table for g, s in enumerate(row) if s == building})


def is_run(grades: Sequence[int]) -> bool:
    """Tell whether grades follow each other without a hole."""
    return list(grades) == list(range(grades[0], grades[0] + len(grades))) if grades else True


def is_tiered(table: Table, own: Sequence[int]) -> bool:
    """Tell whether buildings divide the grades in tiers, as clusters do.

    Every own building is used, spans are runs, two spans are the same or apart, a zone stays in
    one building through a span, and in its own where that building has the span.
    """
    spans = {s: grades_of(table, s) for s in own}
    if not all(spans.values()) or not all(is_run(span) for span in spans.values()):
        return False
    for a, b in combinations(own, 2):
        if spans[a] != spans[b] and set(spans[a]) & set(spans[b]):
            return False
    for zone, row in enumerate(table):
        for span in spans.values():
            used = {row[g] for g in span}
            if len(used) > 1:
                return False
            if spans[own[zone]] == span and used != {own[zone]}:
                return False
    return True


@cache
def tiered_tables(own: tuple[int, ...], grades: int) -> tuple[Table, ...]:
    """Return every tiered table of a cluster whose zones own these buildings."""
    return tuple(t for t in tables(len(own), grades, own) if is_tiered(t, own))


def partitions(items: Sequence[int]) -> Iterator[list[list[int]]]:
    """Yield every way to put items into groups."""
    if not items:
        yield []
        return
    first, rest = items[0], list(items[1:])
    for size in range(len(rest) + 1):
        for others in combinations(rest, size):
            left = [i for i in rest if i not in others]
            for tail in partitions(left):
                yield [[first, *others], *tail]


def hangs_together(group: Sequence[int], borders: set[tuple[int, int]]) -> bool:
    """Tell whether zones of a group reach each other through the group."""
    reached, open_ = {group[0]}, [group[0]]
    while open_:
        zone = open_.pop()
        for other in group:
            if other not in reached and ((zone, other) in borders or (other, zone) in borders):
                reached.add(other)
                open_.append(other)
    return reached == set(group)


def cluster_tables(
    zones: int,
    grades: int,
    borders: set[tuple[int, int]],
    largest: int,
    fits: Callable[[Table, Sequence[int]], bool],
) -> Iterator[Table]:
    """Yield every table of a whole district made of clusters; zone z owns building z.

    Parameters
    ----------
    fits : function of the cluster's table and its zones
        Seats and allowed grades; a zone that stays alone always fits.
    """
    ways: dict[tuple[int, ...], list[Table]] = {}
    for size in range(2, largest + 1):
        for group in combinations(range(zones), size):
            if hangs_together(group, borders):
                ways[group] = [t for t in tiered_tables(group, grades) if fits(t, group)]
                ways[group].append(tuple((z,) * grades for z in group))  # as today
    for z in range(zones):
        ways[(z,)] = [((z,) * grades,)]
    for groups in partitions(range(zones)):
        keys = [tuple(sorted(group)) for group in groups]
        if not all(key in ways for key in keys):
            continue
        for picks in product(*(ways[key] for key in keys)):
            rows: dict[int, tuple[int, ...]] = {}
            for key, pick in zip(keys, picks, strict=True):
                rows.update(zip(key, pick, strict=True))
            yield tuple(rows[z] for z in range(zones))


def band_tables(
    zones: int,
    grades: int,
    buildings: int,
    may: Callable[[int, int], bool],
    *,
    one_building: bool = False,
    use_all: bool = True,
) -> Iterator[Table]:
    """Yield every table whose buildings serve one run of grades they are fit for."""
    for table in tables(zones, grades, range(buildings)):
        if one_building and any(len({row[g] for row in table}) > 1 for g in range(grades)):
            continue
        spans = [grades_of(table, s) for s in range(buildings)]
        if use_all and not all(spans):
            continue
        if all(is_run(span) for span in spans) and all(
            may(s, g) for s, span in enumerate(spans) for g in span
        ):
            yield table


def dissimilarity(table: Table, a, b, total) -> float:
    """Grade-stratified dissimilarity by its definition; counts are [zone][grade]."""
    zones, grades = len(table), len(table[0])
    value, weights = 0.0, 0.0
    for g in range(grades):
        all_a = sum(a[z][g] for z in range(zones))
        all_b = sum(b[z][g] for z in range(zones))
        if all_a == 0 or all_b == 0:
            continue
        weight = sum(total[z][g] for z in range(zones))
        here = 0.0
        for s in {row[g] for row in table}:
            in_s = [z for z in range(zones) if table[z][g] == s]
            here += abs(sum(a[z][g] for z in in_s) / all_a - sum(b[z][g] for z in in_s) / all_b)
        value += weight * here / 2
        weights += weight
    return value / weights


def poverty_gap(table: Table, a, b, poor, total) -> float:
    """Size of the grade-stratified gap in exposure to poverty, by its definition."""
    zones, grades = len(table), len(table[0])
    value, weights = 0.0, 0.0
    for g in range(grades):
        all_a = sum(a[z][g] for z in range(zones))
        all_b = sum(b[z][g] for z in range(zones))
        if all_a == 0 or all_b == 0:
            continue
        weight = sum(total[z][g] for z in range(zones))
        met_a = met_b = 0.0
        for s in {row[g] for row in table}:
            in_s = [z for z in range(zones) if table[z][g] == s]
            size = sum(total[z][g] for z in in_s)
            if size == 0:
                continue
            share = sum(poor[z][g] for z in in_s) / size
            met_a += sum(a[z][g] for z in in_s) / all_a * share
            met_b += sum(b[z][g] for z in in_s) / all_b * share
        value += weight * (met_a - met_b)
        weights += weight
    return abs(value / weights)


def poverty_spread(table: Table, poor, total) -> float:
    """Largest distance of a building's poverty from its grade's, by definition."""
    zones, grades = len(table), len(table[0])
    worst = 0.0
    for g in range(grades):
        everyone = sum(total[z][g] for z in range(zones))
        if everyone == 0:
            continue
        mean = sum(poor[z][g] for z in range(zones)) / everyone
        for s in {row[g] for row in table}:
            in_s = [z for z in range(zones) if table[z][g] == s]
            size = sum(total[z][g] for z in in_s)
            if size > 0:
                worst = max(worst, abs(sum(poor[z][g] for z in in_s) / size - mean))
    return worst


def transitions(table: Table, total) -> float:
    """Count changes of building of the average pupil."""
    weight = [sum(row) for row in total]
    changes = [sum(x != y for x, y in pairwise(r)) for r in table]
    return sum(w * c for w, c in zip(weight, changes, strict=True)) / sum(weight)


def fullest(table: Table, cohorts, seats) -> float:
    """Fullest building in its worst year; cohorts are [year][zone][grade]."""
    worst = 0.0
    for counts in cohorts:
        for s, room in enumerate(seats):
            inside = sum(
                counts[z][g] for z, row in enumerate(table) for g, to in enumerate(row) if to == s
            )
            worst = max(worst, inside / room)
    return worst
