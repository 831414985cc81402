"""Whole zones of many plans put together anew: a set partitioning program.

The zones of a plan are nearly independent, and every plan that was met has some better and some
worse ones.  All zones met are remembered; the program chooses one for every school so that every
unit is in exactly one.  Each remembered zone is connected, so the plan is.

Maths   minimise ``sum_k aim[k] y[k]`` over remembered zones k, y binary
        ``sum_{k holds u} y[k] = 1`` for every unit u; ``sum_{k of z} y[k] = 1`` for every zone z
        ``sum_k channel[c,k] y[k] <= max(limit[c], what the best plan has)`` for every channel c
        with a limit; of channels that count the worst zone, only zones no worse than the best
        plan's worst are taken
Exact   among the remembered zones: yes, but for the limit on nodes
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats, Ints
from planner.model.rows import LinearModel
from planner.model.sheet import Sheet
from planner.model.solve import solve_lp, solve_mip
from planner.search.arrays import Arrays, counts_worst
from planner.search.columns import ROUNDING, Column, columns_of, holds, most_of

__all__ = ["ZonePool"]


UNITS_A_ZONE = 60  # larger zones of different plans hardly ever fit together
UNITS_A_MADE_ZONE = 20  # for larger ones too many are possible to be made one at a time
MOST_ZONES = 6_000  # remembered; those not met for longest are forgotten first
MOST_COLUMNS = 3_000  # of one program
NODES = 100


@dataclass
class ZonePool:
    """Zones that plans had.

    Parameters
    ----------
    arrays : Arrays
    constant : (c,) float64
        What each channel starts from.
    """

    arrays: Arrays
    constant: Floats
    _columns: dict[tuple[int, int], Column] = field(default_factory=dict)
    _marks: NDArray[np.int64] = field(init=False)
    _new: int = 0

    def __post_init__(self) -> None:
        rng = np.random.default_rng(0)
        self._marks = rng.integers(1, 2**62, size=len(self.arrays.is_root), dtype=np.int64)

    @property
    def is_useful(self) -> bool:
        """Whether zones are small enough to fit together, and scores are sums over zones."""
        units, zones = self.arrays.allowed.shape
        are_sums = not (len(self.arrays.spread_aim) or len(self.arrays.group))
        return are_sums and units <= UNITS_A_ZONE * zones

    @property
    def can_compose(self) -> bool:
        """Whether zones can be made to measure: they are small, and no aim looks at the worst."""
        a = self.arrays
        units, zones = a.allowed.shape
        looks_at_worst = a.aim[counts_worst(a)].any()
        return self.is_useful and units <= UNITS_A_MADE_ZONE * zones and not looks_at_worst

    @property
    def is_ripe(self) -> bool:
        """Whether as many zones as a plan has are new since the last recombination."""
        return self.is_useful and self._new >= self.arrays.allowed.shape[1]

    def add(self, zone: Ints) -> list[tuple[int, int]]:
        """Remember the zones of a plan of units, (u,); return their names."""
        name = np.zeros(self.arrays.allowed.shape[1], dtype=np.int64)
        np.add.at(name, zone, self._marks)
        keys = list(enumerate(name.tolist()))
        new = [z for z, key in enumerate(keys) if key not in self._columns]
        for key in keys:
            if key in self._columns:
                self._columns[key] = self._columns.pop(key)  # met last, forgotten last
        if new:
            self.add_columns(columns_of(self.arrays, self.constant, zone, new))
        return keys

    def add_columns(self, columns: Sequence[Column]) -> None:
        """Remember zones; those not met for longest are forgotten."""
        for column in columns:
            key = (column.zone, int(self._marks[column.units].sum()))
            self._new += key not in self._columns
            self._columns.pop(key, None)
            self._columns[key] = column
        for key in list(self._columns)[: max(0, len(self._columns) - MOST_ZONES)]:
            del self._columns[key]

    def fitting(self, best: Ints) -> list[Column]:
        """Return the remembered zones that are no worse than the worst of a plan."""
        mine = [self._columns[key] for key in self.add(best)]
        _, worst = most_of(self.arrays, self.constant, mine)
        return [self._columns[key] for key in self._within(worst)]

    def _within(self, worst: Floats) -> list[tuple[int, int]]:
        """Return the names of zones no worse than this in each leaf that counts the worst."""
        return [key for key, column in self._columns.items() if (column.worst <= worst).all()]

    def combine(self, best: Ints, seed: int) -> Ints | None:
        """Return the best plan made of remembered zones.

        Parameters
        ----------
        best : (u,) int32
            The best plan so far: what is found keeps rules at least as well.
        seed : int
            Of the solver.

        Returns
        -------
        (u,) int32 or None
            None where nothing better was found.
        """
        mine = self.add(best)
        self._new = 0
        columns = [self._columns[key] for key in mine]
        most, worst = most_of(self.arrays, self.constant, columns)
        kept = self._within(worst)
        now = float(self.arrays.aim @ np.sum([one.sums for one in columns], axis=0))
        model = self._model(kept, most)
        relaxed = solve_lp(model)
        if relaxed.row_dual is None:
            return None
        reduced = model.cost - model.matrix.T @ relaxed.row_dual
        worth = np.flatnonzero(reduced <= max(now - relaxed.objective, 0.0) + ROUNDING)
        chosen = {kept[k] for k in worth[np.argsort(reduced[worth], kind="stable")[:MOST_COLUMNS]]}
        chosen.update(mine)
        kept = [key for key in kept if key in chosen]
        model = self._model(kept, most)
        start = np.array([float(key in mine) for key in kept])
        found = solve_mip(model, start=start, node_limit=NODES, gap=1e-6, seed=seed)
        if found.x is None or found.objective >= now - ROUNDING * max(1.0, abs(now)):
            return None
        plan = best.copy()
        for k in np.flatnonzero(found.x > 0.5):
            column = self._columns[kept[k]]
            plan[column.units] = column.zone
        return plan

    def _model(self, keys: list[tuple[int, int]], most: Floats) -> LinearModel:
        """Write the program over some of the zones, with at most so much of each channel, (c,)."""
        units, zones = self.arrays.allowed.shape
        columns = [self._columns[key] for key in keys]
        sums = np.stack([one.sums for one in columns], axis=1)  # (c, k)
        sheet = Sheet()
        choice = sheet.add_columns("zone", str, (0, 1), count=len(keys), integer=True)
        sheet.add_cost(choice, self.arrays.aim @ sums)
        row, column = holds(self.arrays, columns).nonzero()
        once = (row, choice[column], 1.0)
        sheet.add_rows("once", str, (1, 1), once, count=units + zones)
        limited = np.flatnonzero(np.isfinite(most))
        row, column = np.nonzero(sums[limited])
        values = sums[limited][row, column]
        sheet.add_rows("limit", str, (-np.inf, most[limited]), (row, choice[column], values),
                       count=len(limited))  # fmt: skip
        return sheet.finish()
