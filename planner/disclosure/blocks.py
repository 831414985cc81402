"""Which mean ways would tell of single blocks what sums over areas do not.

The blocks of an area have the same schools in every plan, so a move within an area changes no sum:
only mean ways see it.  They are shown only where for every block, and every kind of students of
whom fewer than the threshold live in it, there are two worlds that agree with all means shown.  In
one nobody of the kind lives in the block, in the other as many as the threshold do: they go to and
come from the other blocks of the area, in proportion to those who live there.  To make up for what
this does to the means, a share of the others of the kind, or of the other people, lives together
in one block of the area.

Maths    a mean shown as m in steps of g is two limits over the blocks it counts, of way d:
         ``sum n (d - m - g/2) <= 0`` and ``sum n (m - g/2 - d) <= 0``; what a world does to them
         is linear in the share that makes up for it
Proof    people move within areas, so all sums stay; nobody is counted twice, so no block has fewer
         than nobody, and no group more than all; every world is checked against every limit
Hiding   where no such world is found, the means in the way, the cheapest first; what earlier
         packets have told of means cannot be hidden, and is left aside where only it is in the way
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from geodata.dtypes import Floats, Positions
from planner.disclosure.areas import Areas
from planner.disclosure.cells import Key
from planner.disclosure.moves import Moves, is_allowed
from planner.disclosure.people import People
from planner.disclosure.rates import Rate, rounded

__all__ = ["telling_means"]

Place = tuple[int, int, Positions]

_FEW = 1e-6  # students
_SIDES = (1.0, -1.0)  # what is shown is at most half a step above the mean, and below it
_SLACK = 1e-9  # of all the ways in a limit


def telling_means(
    areas: Areas,
    means: Sequence[Rate],
    worlds: Floats,
    threshold: float,
    told: Sequence[Rate] = (),
) -> frozenset[Key]:
    """Return the means that must not be shown with the others.

    Parameters
    ----------
    areas : Areas
    means : sequence of Rate
        What would be shown.
    worlds : (w, v) float64 [students]
        Possible worlds of the areas; every small number reaches the threshold in one of them.
    threshold : float [students]
    told : sequence of Rate
        What earlier packets have shown.
    """
    hidden: set[Key] = set()
    for population in areas.populations:
        mine = [rate for rate in means if rate.of is population and rate.key not in hidden]
        if not mine:
            continue
        old = [rate for rate in told if rate.of is population]
        old = [rate for rate in old if not any(_is_same(rate, other) for other in mine)]
        limits = _Limits(People(population), mine, old, areas.unknowns().values)
        bases = [limits.people.truth, *map(limits.people.of_world, worlds)]
        for people in bases:
            limits.agree_with(people)
        for base, places in _places(limits.people, bases, threshold):
            limits.allow_moves(bases[base], places, threshold)
        hidden |= limits.hidden
    return frozenset(hidden)


def _places(
    people: People, bases: Sequence[Floats], threshold: float
) -> Iterator[tuple[int, list[Place]]]:
    """Yield which areas and kinds are looked at from which world: one with enough of the kind."""
    few = [kind.count < threshold - _FEW for kind in people.kinds(people.truth)]
    sums = [[people.by_area(kind.count) for kind in people.kinds(base)] for base in bases]
    enough = np.array(sums) >= threshold - _FEW
    first = np.where(enough.any(axis=0), enough.argmax(axis=0), -1)
    for base in range(len(bases)):
        found = []
        for kind, area in np.argwhere(first == base):
            small = np.flatnonzero(few[kind][people.blocks_of[area]])
            if len(small) and len(people.blocks_of[area]) > 1:
                found.append((int(kind), int(area), small))
        yield base, found


class _Limits:
    """What the means shown of one population tell, with means taken out one after another."""

    def __init__(
        self, people: People, means: Sequence[Rate], told: Sequence[Rate], truth: Floats
    ) -> None:
        self.people = people
        self.hidden: set[Key] = set()
        self.can_hide = np.repeat([True, False], [len(_SIDES) * len(m) for m in (means, told)])
        means = [*means, *told]
        self.keys = [rate.key for rate in means for _ in _SIDES]
        self.cost = [rate.cost for rate in means for _ in _SIDES]
        self.is_open = np.ones(len(self.keys), dtype=bool)
        self.measure = np.array([people.measures.index(key[4]) for key in self.keys])
        self.tilt = np.array([tilt for rate in means for tilt in _tilts(rate, truth)])
        self.slack = _SLACK * (np.abs(self.tilt) * people.truth[self.measure]).sum(axis=1)
        self.touches = people.by_area((self.tilt != 0).astype(np.float64)) > 0

    def agree_with(self, people: Floats) -> None:
        """Hide the means that a world does not agree with."""
        for row in np.flatnonzero((self._room(people) < 0) & self.can_hide):
            self._hide(self.keys[row])

    def allow_moves(self, people: Floats, places: Sequence[Place], threshold: float) -> None:
        """Hide what stands in the way of the small numbers of some areas, kinds and blocks.

        Parameters
        ----------
        people : (m, n) float64 [students]
            The world to start from.
        places : sequence of (kind, area, blocks)
        threshold : float [students]
        """
        kinds, room = list(self.people.kinds(people)), self._room(people)
        for number, area, few in places:
            kind, blocks = kinds[number], self.people.blocks_of[area]
            rows = np.flatnonzero(self.is_open & self.touches[:, area] & (room >= 0))
            own = kind.parts[:, blocks][self.measure[rows]]
            other = people[:, blocks][self.measure[rows]] - own
            moves = Moves(self.tilt[np.ix_(rows, blocks)], kind.count[blocks], own, other)
            for left, helps in moves.wanting(few, room[rows], threshold):
                self._allow(rows, left, helps)

    def _allow(self, rows: Positions, left: Floats, helps: Floats) -> None:
        """Hide means until every move is allowed, or nothing that can be hidden is in the way."""
        for at in np.flatnonzero(~is_allowed(left, helps)):
            move = rows, left[:, [at]], helps[:, :, [at]]
            while not self._is_allowed(*move) and (key := self._in_the_way(*move)):
                self._hide(key)

    def _is_allowed(
        self, rows: Positions, left: Floats, helps: Floats, without: Key | None = None
    ) -> bool:
        """Tell whether the means that are shown allow a move, one of them left aside."""
        seen = np.array([self.is_open[row] and self.keys[row] != without for row in rows])
        return bool(is_allowed(left[seen], helps[:, seen]).all())

    def _in_the_way(self, rows: Positions, left: Floats, helps: Floats) -> Key | None:
        """Return the cheapest mean without which a move is allowed, or at least less forbidden."""
        broken = rows[(left[:, 0] < 0) & (self.is_open & self.can_hide)[rows]]
        ordered = sorted(broken, key=lambda row: (self.cost[row], self.keys[row]))
        keys = [self.keys[row] for row in ordered]
        enough = (key for key in keys if self._is_allowed(rows, left, helps, key))
        return next(enough, keys[0] if keys else None)

    def _room(self, people: Floats) -> Floats:
        """Return how much of each limit a world leaves, (j,)."""
        value = (people[self.measure] * self.tilt).sum(axis=1)
        return np.asarray(self.slack - value)

    def _hide(self, key: Key) -> None:
        self.hidden.add(key)
        self.is_open &= np.array([other != key for other in self.keys])


def _is_same(one: Rate, other: Rate) -> bool:
    """Tell whether two means are of the same students on the same ways."""
    return (
        one.key[4] == other.key[4]
        and one.way is not None
        and other.way is not None
        and np.array_equal(one.way, other.way, equal_nan=True)
    )


def _tilts(rate: Rate, truth: Floats) -> Iterator[Floats]:
    """Yield the two limits that a mean tells, as a weight of each block."""
    if rate.way is not None:
        shown, half = rounded(rate.value(truth), rate.grain), rate.grain / 2
        for side in _SIDES:
            yield np.nan_to_num(side * (rate.way - shown) - half)
