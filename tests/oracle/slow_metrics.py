"""Every index by its words: one pupil at a time, nothing but loops and fractions.

A pupil is a tuple (school, grade, group, poor).  Nothing here is imported from the package.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

Pupil = tuple[str, str, str, bool]
UNDEFINED = float("nan")


def pupils_of(counts: Iterable[tuple[str, str, str, bool, int]]) -> list[Pupil]:
    """Write (school, grade, group, poor, how many) out as single pupils."""
    return [
        (school, grade, group, poor)
        for school, grade, group, poor, count in counts
        for _ in range(count)
    ]


def schools_of(pupils: Sequence[Pupil]) -> dict[str, list[Pupil]]:
    """Return the pupils of each school."""
    return {s: [p for p in pupils if p[0] == s] for s in sorted({p[0] for p in pupils})}


def is_in(group: str) -> Callable[[Pupil], bool]:
    """Return the test for membership; the group "poor" is the poor pupils."""
    return (lambda p: p[3]) if group == "poor" else (lambda p: p[2] == group)


def share(pupils: Sequence[Pupil], who: Callable[[Pupil], bool]) -> Fraction:
    """Return the share of pupils who are so."""
    return Fraction(sum(map(who, pupils)), len(pupils))


def dissimilarity(pupils: Sequence[Pupil], a: str, b: str | None = None) -> float:
    """Half the sum over schools of the difference of the two groups' parts there."""
    first = is_in(a)
    second = is_in(b) if b is not None else lambda p: not first(p)
    all_a, all_b = sum(map(first, pupils)), sum(map(second, pupils))
    if not all_a or not all_b:
        return UNDEFINED
    total = Fraction(0)
    for here in schools_of(pupils).values():
        total += abs(
            Fraction(sum(map(first, here)), all_a) - Fraction(sum(map(second, here)), all_b)
        )
    return float(total / 2)


def gini(pupils: Sequence[Pupil], group: str) -> float:
    """Mean absolute difference of the school shares of every two pupils, over its largest value."""
    who = is_in(group)
    q = share(pupils, who)
    if q in (0, 1):
        return UNDEFINED
    seen = [share(here, who) for here in schools_of(pupils).values() for _ in here]
    apart = sum((abs(x - y) for x in seen for y in seen), Fraction(0))
    return float(apart / (2 * len(pupils) ** 2 * q * (1 - q)))


def exposure(pupils: Sequence[Pupil], of: str, to: str) -> float:
    """Mean, over the pupils of a group, of the share of another group in their school."""
    here = schools_of(pupils)
    met = [share(here[p[0]], is_in(to)) for p in pupils if is_in(of)(p)]
    return float(sum(met, Fraction(0)) / len(met)) if met else UNDEFINED


def isolation(pupils: Sequence[Pupil], group: str) -> float:
    """Mean, over the pupils of a group, of the share of their own group in their school."""
    return exposure(pupils, group, group)


def normalised_exposure(pupils: Sequence[Pupil], group: str) -> float:
    """Isolation minus what the others meet of the group."""
    who, here = is_in(group), schools_of(pupils)
    others = [share(here[p[0]], who) for p in pupils if not who(p)]
    if not others or len(others) == len(pupils):
        return UNDEFINED
    return isolation(pupils, group) - float(sum(others, Fraction(0)) / len(others))


def entropy(shares: Iterable[float]) -> float:
    """Sum of share times logarithm of its inverse."""
    return sum(q * math.log(1 / q) for q in shares if q > 0)


def _shares(pupils: Sequence[Pupil], label: Callable[[Pupil], object]) -> list[float]:
    return [count / len(pupils) for count in Counter(map(label, pupils)).values()]


def theil_h(pupils: Sequence[Pupil], group: str | None = None) -> float:
    """Mean loss of entropy of schools, over the entropy of all; of a group or of all groups."""
    who = is_in(group) if group is not None else None

    def label(p: Pupil) -> object:
        return who(p) if who is not None else p[2]

    overall = entropy(_shares(pupils, label))
    if overall == 0:
        return UNDEFINED
    lost = sum(
        len(here) * (overall - entropy(_shares(here, label)))
        for here in schools_of(pupils).values()
    )
    return lost / (len(pupils) * overall)


def dissimilarity_multigroup(pupils: Sequence[Pupil]) -> float:
    """Sakoda's index over all groups."""
    top, interaction = 0.0, 0.0
    for group in {p[2] for p in pupils}:
        q = share(pupils, is_in(group))
        interaction += float(q * (1 - q))
        for here in schools_of(pupils).values():
            top += float(len(here) * abs(share(here, is_in(group)) - q))
    return top / (2 * len(pupils) * interaction) if interaction else UNDEFINED


def normalised_exposure_multigroup(pupils: Sequence[Pupil]) -> float:
    """James's index over all groups."""
    groups = {p[2] for p in pupils}
    if len(groups) < 2:
        return UNDEFINED
    total = 0.0
    for group in groups:
        q = share(pupils, is_in(group))
        for here in schools_of(pupils).values():
            total += float(len(here) * (share(here, is_in(group)) - q) ** 2 / (1 - q))
    return total / len(pupils)


def parity_gap(pupils: Sequence[Pupil], n_min: int = 1) -> float:
    """Largest difference of two groups' exposure to poverty."""
    sizes = Counter(p[2] for p in pupils)
    met = [exposure(pupils, group, "poor") for group, size in sizes.items() if size >= n_min]
    return max(met) - min(met) if len(met) > 1 else UNDEFINED


def stratified(
    pupils: Sequence[Pupil],
    index: Callable[[Sequence[Pupil]], float],
    weight: Callable[[Sequence[Pupil]], float] = len,
) -> float:
    """Mean of an index over grades, where it is defined."""
    top = bottom = 0.0
    for grade in {p[1] for p in pupils}:
        here = [p for p in pupils if p[1] == grade]
        value = index(here)
        if not math.isnan(value) and weight(here) > 0:
            top += weight(here) * value
            bottom += weight(here)
    return top / bottom if bottom else UNDEFINED


def stratified_gap(pupils: Sequence[Pupil], a: str, b: str) -> float:
    """Mean gap of two groups over the grades where both have pupils."""
    return stratified(pupils, lambda p: exposure(p, a, "poor") - exposure(p, b, "poor"))


def expectation(pupils: Sequence[Pupil], index: Callable[[Sequence[Pupil]], float]) -> float:
    """Mean of an index over every way to send the pupils to seats: a handful of pupils only."""
    seats = [p[0] for p in pupils]
    values = []
    for order in set(itertools.permutations(range(len(pupils)))):
        moved = [(seat, *pupils[k][1:]) for seat, k in zip(seats, order, strict=True)]
        values.append(index(moved))
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else UNDEFINED


def percentile(ways: Sequence[tuple[float, int]], per_cent: int) -> float:
    """Way of the pupil who stands at a per cent of the queue, shortest way first."""
    queue = sorted(way for way, count in ways for _ in range(count))
    place = -(-len(queue) * per_cent // 100)
    return queue[place - 1] if queue else UNDEFINED


def transitions(paths: Sequence[tuple[Sequence[str], int]]) -> float:
    """Mean number of changes on paths of (school of each grade, how many pupils)."""
    changes = sum(n * sum(a != b for a, b in itertools.pairwise(path)) for path, n in paths)
    return changes / sum(n for _, n in paths)


def cohort_kept(pupils: Sequence[tuple[str, str]]) -> float:
    """Mean share of mates who go on to one's own next building, of (now, next) that differ."""
    kept = []
    for now, then in pupils:
        if now == then:
            continue
        mates = [other for here, other in pupils if here == now]
        kept.append(sum(other == then for other in mates) / len(mates))
    return sum(kept) / len(kept) if kept else UNDEFINED
