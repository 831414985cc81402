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

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from planner.model.rows import LinearModel
from planner.model.sheet import Sheet
from planner.model.solve import solve_lp, solve_mip
from planner.search.arrays import HINGE_WORST, Arrays
from planner.search.state import fresh_state

__all__ = ["ZonePool"]

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int32]

UNITS_A_ZONE = 60  # larger zones of different plans hardly ever fit together
MOST_ZONES = 6_000  # remembered; those not met for longest are forgotten first
MOST_COLUMNS = 3_000  # of one program
NODES = 100
ROUNDING = 1e-9


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
    _columns: dict[tuple[int, int], tuple[Ints, Floats, Floats]] = field(default_factory=dict)
    _marks: NDArray[np.int64] = field(init=False)
    _new: int = 0

    def __post_init__(self) -> None:
        rng = np.random.default_rng(0)
        self._marks = rng.integers(1, 2**62, size=len(self.arrays.is_root), dtype=np.int64)

    @property
    def is_useful(self) -> bool:
        """Whether zones are small enough to fit together, and scores are sums over zones."""
        units, zones = self.arrays.allowed.shape
        return units <= UNITS_A_ZONE * zones and not len(self.arrays.spread_aim)

    @property
    def is_ripe(self) -> bool:
        """Whether as many zones as a plan has are new since the last recombination."""
        return self.is_useful and self._new >= self.arrays.allowed.shape[1]

    def add(self, zone: Ints) -> list[tuple[int, int]]:
        """Remember the zones of a plan of units, (u,); return their names."""
        keys = self._keys(zone)
        new = [z for z, key in enumerate(keys) if key not in self._columns]
        if new:
            order = np.argsort(zone, kind="stable").astype(np.int32)
            ends = np.searchsorted(zone[order], np.arange(len(keys) + 1))
            sums, worst = self._amounts(zone)
            for z in new:
                members = order[ends[z] : ends[z + 1]]
                self._columns[keys[z]] = (members, sums[:, z], worst[:, z])
        for key in keys:
            self._columns[key] = self._columns.pop(key)  # met last, forgotten last
        self._new += len(new)
        for key in list(self._columns)[: max(0, len(self._columns) - MOST_ZONES)]:
            del self._columns[key]
        return keys

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
        sums = np.stack([self._columns[key][1] for key in mine], axis=1)
        worst = np.stack([self._columns[key][2] for key in mine], axis=1)
        limit = np.maximum(self.arrays.limit, self.constant + sums.sum(axis=1)) + ROUNDING
        kept = [
            key for key, (_, _, bad) in self._columns.items()
            if (bad <= worst.max(axis=1, initial=0.0) + ROUNDING).all()
        ]  # fmt: skip
        now = float(self.arrays.aim @ sums.sum(axis=1))
        model = self._model(kept, limit)
        relaxed = solve_lp(model)
        if relaxed.row_dual is None:
            return None
        reduced = model.cost - model.matrix.T @ relaxed.row_dual
        worth = np.flatnonzero(reduced <= max(now - relaxed.objective, 0.0) + ROUNDING)
        chosen = {kept[k] for k in worth[np.argsort(reduced[worth], kind="stable")[:MOST_COLUMNS]]}
        chosen.update(mine)
        kept = [key for key in kept if key in chosen]
        model = self._model(kept, limit)
        start = np.array([float(key in mine) for key in kept])
        found = solve_mip(model, start=start, node_limit=NODES, gap=1e-6, seed=seed)
        if found.x is None or found.objective >= now - ROUNDING * max(1.0, abs(now)):
            return None
        plan = best.copy()
        for k in np.flatnonzero(found.x > 0.5):
            plan[self._columns[kept[k]][0]] = kept[k][0]
        return plan

    def _keys(self, zone: Ints) -> list[tuple[int, int]]:
        """Return a name of each zone of a plan: its number and a hash of its units."""
        name = np.zeros(self.arrays.allowed.shape[1], dtype=np.int64)
        np.add.at(name, zone, self._marks)
        return list(enumerate(name.tolist()))

    def _amounts(self, zone: Ints) -> tuple[Floats, Floats]:
        """Return each zone's part of each channel, (c, m), and its worst-zone leaves, (l, m)."""
        a = self.arrays
        m = a.allowed.shape[1]
        state = fresh_state(a, self.constant, zone)
        sums = np.zeros((len(a.aim), m))
        is_worst = a.leaf_kind == HINGE_WORST
        np.add.at(sums, a.leaf_channel[~is_worst], state.leaf[~is_worst])
        for p, c in enumerate(a.pair_channel):
            cost = a.pair_cost[p, np.arange(len(zone)), zone]
            sums[c] += np.bincount(zone, weights=cost, minlength=m)
        cut = zone[a.source] != zone[a.indices]
        around = np.bincount(zone[a.source[cut]], weights=a.border_m[cut], minlength=m)
        for q, c in enumerate(a.cut_channel):
            sums[c] += a.cut_weight[q] * around / 2
        return sums, state.leaf[is_worst]

    def _model(self, keys: list[tuple[int, int]], limit: Floats) -> LinearModel:
        """Write the program over some of the zones."""
        units, zones = self.arrays.allowed.shape
        columns = [self._columns[key] for key in keys]
        members = [one[0] for one in columns]
        sums = np.stack([one[1] for one in columns], axis=1)  # (c, k)
        sheet = Sheet()
        choice = sheet.add_columns("zone", str, (0, 1), count=len(keys), integer=True)
        sheet.add_cost(choice, self.arrays.aim @ sums)
        size = [len(one) for one in members]
        holds = csc_array(
            (np.ones(sum(size)), np.concatenate(members), np.r_[0, np.cumsum(size)]),
            shape=(units, len(keys)),
        )
        row, column = holds.nonzero()
        sheet.add_rows("unit", str, (1, 1), (row, choice[column], 1.0), count=units)
        of_zone = np.array([key[0] for key in keys])
        sheet.add_rows("school", str, (1, 1), (of_zone, choice, 1.0), count=zones)
        limited = np.flatnonzero(np.isfinite(limit))
        row, column = np.nonzero(sums[limited])
        values = sums[limited][row, column]
        most = (limit - self.constant)[limited]
        sheet.add_rows("limit", str, (-np.inf, most), (row, choice[column], values),
                       count=len(limited))  # fmt: skip
        return sheet.finish()
