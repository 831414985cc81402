"""A plan composed of zones that are made to measure: column generation and a dive.

A linear program chooses shares of known zones so that every unit is covered once and every school
has one zone.  Its dual prices tell what each unit is worth, and for these prices better zones are
made, again and again.  Then the dive: the zone with the largest share is settled, zones are made
for what is left, until all are settled.

Maths   minimise ``sum_k aim[k] y[k]`` over known zones k, ``y >= 0``
        ``sum_{k holds u} y[k] = 1`` for every unit u; ``sum_{k of z} y[k] = 1`` for every zone z
        ``sum_k channel[c,k] y[k] <= most[c]`` for every channel c with a limit
Exact   no: zones are made by annealing, so the program's optimum bounds nothing
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice

import numpy as np
from scipy.sparse import csc_array, eye_array, vstack

from geodata.dtypes import Bools, Floats, Ints
from planner.model.growing import GrowingProgram, Relaxed
from planner.model.highs import Interrupt
from planner.search.arrays import Arrays
from planner.search.columns import Column, columns_of, holds, most_of
from planner.search.pricing import Pricer
from planner.search.starts import grow

__all__ = ["Composer"]


HEATS = (1.0, 0.3, 0.1)  # first temperatures of zones that are made, in typical changes, in turn
STARTS = 6  # zones that each school's are made from: the one with the largest share, and
FAVOURITES = 20  # some drawn from so many that cost least at the prices
MOVES = 75  # tried for each unit of a usual zone
SMOOTHING = 0.5  # share of the last prices in the next
ROUNDS = 100  # of making zones before a dive at most
DIVE_ROUNDS = 6  # after each step of the dive at most
LITTLE = 2e-5  # share of the aim; what heats in turn gain less than is no more worth its while
TINY = 1e-6
MISSES = 4  # steps of a dive that are taken back before it ends
SETTLED = 0.8  # share above which zones are settled together, more than half
MOST_RETURNED = 3_000  # zones handed on


class Composer:
    """Composes a plan.

    Parameters
    ----------
    arrays : Arrays
        Without spreads and without an aim at the worst zone.
    constant : (c,) float64
        What each channel starts from.
    best : (u,) int32
        The best plan so far: what is composed keeps rules at least as well.
    columns : sequence of Column
        Known zones of any plans.
    typical : float
        Typical change of the aim by one move.
    rng : numpy Generator
    interrupt : function that answers True when it is time to stop
    """

    def __init__(
        self,
        arrays: Arrays,
        constant: Floats,
        best: Ints,
        *,
        columns: Sequence[Column],
        typical: float,
        rng: np.random.Generator,
        interrupt: Interrupt,
    ) -> None:
        self._arrays, self._typical = arrays, typical
        self._rng, self._interrupt = rng, interrupt
        units, zones = arrays.allowed.shape
        mine = columns_of(arrays, constant, best, range(zones))
        aims = np.array([arrays.aim @ one.sums for one in mine])
        self._aim, self._size = float(aims.sum()), float(np.abs(aims).sum()) or 1.0
        most, self._worst = most_of(arrays, constant, mine)
        self._limited = np.flatnonzero(np.isfinite(most))
        self._pricer = Pricer(arrays, most, typical)
        once = np.ones(units + zones)
        endless = np.full(len(self._limited), -np.inf)
        sides = np.append(once, endless), np.append(once, most[self._limited])
        self._program = GrowingProgram(*sides, unit=typical)
        self._columns: list[Column] = []
        self._known: set[tuple[int, bytes]] = set()
        self._plan = np.full(units, -1, dtype=np.int32)  # what is settled
        self.programs = 0  # solved
        self._leave_uncovered()
        self._add([*mine, *columns])

    def generate(self, rounds: int) -> Relaxed | None:
        """Make zones at the prices of the program until that gains little; return its optimum.

        None where it is time to stop, or what is settled leaves no solution.
        """
        objectives: list[float] = []
        counts: list[int] = []
        price = None
        for heat in islice(cycle(HEATS), rounds):
            now = self._solve()
            if now is None or self._interrupt():
                return None
            objectives.append(now.objective)
            counts.append(len(self._columns))
            if self._gained_little(objectives, counts):
                return now
            old = now.row_dual if price is None else price
            price = SMOOTHING * old + (1.0 - SMOOTHING) * now.row_dual
            self._make(now, price, heat)
        return self._solve()

    def _solve(self) -> Relaxed | None:
        self.programs += 1
        return self._program.solve()

    def _gained_little(self, objectives: list[float], counts: list[int]) -> bool:
        """Tell whether one turn of all heats did not help.

        Before the dive, many new zones that do not help yet are what a program makes that knows few
        plans: it goes on.
        """
        if len(counts) <= len(HEATS):
            return False
        little = LITTLE * self._size
        falls = objectives[-1 - len(HEATS)] - objectives[-1] >= little
        has_begun = (self._plan >= 0).any() or objectives[0] - objectives[-1] >= little
        new = counts[-1] - counts[-1 - len(HEATS)]
        return not falls and bool(has_begun or new < self._arrays.allowed.shape[1])

    def dive(self, first: Relaxed) -> Ints:
        """Settle zone after zone; return a plan, (u,), in which what stays open is grown.

        A step after which units are left over, or nothing better than the best plan is possible,
        is taken back, and from then on the steps are small; after ``MISSES`` of these the dive
        ends.
        """
        now, misses = first, 0
        while (self._plan < 0).any() and misses < MISSES:
            before = self._plan.copy()
            chosen = self._settle(now, together=misses == 0)
            after = self.generate(DIVE_ROUNDS) if chosen else None
            if after is None or after.objective >= self._aim or self._uncovered(after) > TINY:
                misses += 1
                self._plan = before
                self._shun(chosen)
                after = self.generate(DIVE_ROUNDS)
            if after is None:
                break
            now = after
        return self._completed(now)

    def worth_keeping(self, root: Relaxed) -> list[Column]:
        """Return the zones that a better plan could have, by the prices before the dive."""
        reduced = self._program.reduced(root.row_dual)[self._first :]
        order = np.argsort(reduced, kind="stable")[:MOST_RETURNED]
        near = order[reduced[order] <= self._aim - root.objective]
        return [self._columns[k] for k in near]

    @property
    def _first(self) -> int:
        """Columns of the program that stand for a unit or school without a zone."""
        return sum(self._arrays.allowed.shape)

    def _leave_uncovered(self) -> None:
        """Let units and schools be without a zone, at a cost that no plan of use has."""
        rows = self._first + len(self._limited)
        alone = csc_array(eye_array(rows, self._first, format="csc"))
        self._program.add(np.full(self._first, self._size), alone)

    def _uncovered(self, now: Relaxed) -> float:
        return float(now.x[: self._first].max())

    def _add(self, columns: Iterable[Column]) -> None:
        """Add the columns that are new and no worse than the best plan's worst."""
        new = []
        for one in columns:
            name = (one.zone, one.units.tobytes())
            if name not in self._known and (one.worst <= self._worst).all():
                self._known.add(name)
                new.append(one)
        if new:
            sums = np.stack([one.sums for one in new], axis=1)
            entries = vstack([holds(self._arrays, new), csc_array(sums[self._limited])])
            self._program.add(self._arrays.aim @ sums, csc_array(entries))
            self._columns.extend(new)

    def _make(self, now: Relaxed, price: Floats, heat: float) -> None:
        """Make zones for all schools that are not settled."""
        units, zones = self._arrays.allowed.shape
        rate = np.zeros(len(self._arrays.aim))
        rate[self._limited] = price[self._first :]
        self._pricer.set_prices(price[:units], rate)
        moves = MOVES * max(1, units // zones)
        self._add(
            one
            for zone, starts in self._starts(now, price)
            for one in self._pricer.make(zone, starts, self._rng, moves, heat)
            if self._gain(one, now.row_dual) > TINY * self._typical
        )

    def _gain(self, one: Column, dual: Floats) -> float:
        """Return what a zone is worth at these prices beyond what it costs."""
        units = len(self._plan)
        worth = dual[one.units].sum() + dual[units + one.zone]
        worth += dual[self._first :] @ one.sums[self._limited]
        return float(worth - self._arrays.aim @ one.sums)

    def _starts(self, now: Relaxed, price: Floats) -> Iterator[tuple[int, list[Ints]]]:
        """Yield every open school and the zones to begin with."""
        zone, is_open = self._zone_of_columns(), self._is_open()
        reduced = self._program.reduced(price)[self._first :]
        cheap = np.lexsort((reduced, zone))
        cheap = cheap[is_open[cheap]]
        ends = np.searchsorted(zone[cheap], np.arange(self._arrays.allowed.shape[1] + 1))
        share = now.x[self._first :]
        settled = np.unique(self._plan)
        for z in np.setdiff1d(np.arange(len(ends) - 1), settled).tolist():
            mine = cheap[ends[z] : ends[z + 1]]
            if not len(mine):
                yield z, [self._pricer.root[z]]
                continue
            chosen = self._rng.permutation(mine[:FAVOURITES])[: STARTS - 1]
            leading = mine[share[mine].argmax()]
            yield z, [self._columns[k].units for k in (leading, *chosen)]

    def _zone_of_columns(self) -> Ints:
        return np.array([one.zone for one in self._columns], dtype=np.int32)

    def _is_open(self) -> Bools:
        """Return which columns have no unit that is settled, (k,)."""
        taken = np.append(self._plan >= 0, np.zeros(self._program.n_rows - len(self._plan)))
        touched: Floats = self._program.matrix.T @ taken
        is_open: Bools = touched[self._first :] == 0
        return is_open

    def _settle(self, now: Relaxed, *, together: bool) -> list[int]:
        """Settle the zone with the largest share, or together all that are nearly whole.

        Two of these have no unit in common, as the shares of a unit's zones add up to one.
        """
        share = np.where(self._is_open(), now.x[self._first :], 0.0)
        leading = int(share.argmax())
        whole = np.flatnonzero(share > SETTLED).tolist() if together else []
        chosen: list[int] = whole or [leading] if share[leading] > TINY else []
        for k in chosen:
            self._plan[self._columns[k].units] = self._columns[k].zone
            self._program.fix(self._first + k, 1.0)
            self._pricer.withhold(self._columns[k].units)
        return chosen

    def _shun(self, chosen: list[int]) -> None:
        """Take a step back; where it settled one zone, go without that zone."""
        for k in chosen:
            self._program.fix(self._first + k, 0.0 if len(chosen) == 1 else None)
            self._pricer.give_back(self._columns[k].units)

    def _completed(self, now: Relaxed) -> Ints:
        """Return the plan with zones of large shares that still fit, and grown from there."""
        share = now.x[self._first :]
        plan, a = self._plan.copy(), self._arrays
        wish = np.zeros(a.allowed.shape)
        for k in np.argsort(-share, kind="stable")[: np.count_nonzero(share > TINY)]:
            one = self._columns[k]
            wish[one.units, one.zone] -= share[k]
            if (plan[one.units] < 0).all() and not (plan == one.zone).any():
                plan[one.units] = one.zone
        return grow(a, plan, wish)
