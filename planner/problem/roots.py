"""The block each zone grows from.

A school's own block is the root where it lies in the school's zone.  A school outside its own
zone (it happens) roots its zone at the nearest block of that zone, with a warning; so does the
second of two schools in one block.  A school that opens or moves roots its zone where it will
stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.dtypes import Bools, Floats, Ints
from planner.problem.partners import Partner

if TYPE_CHECKING:
    from geodata import District
    from planner.problem.events import Supply

__all__ = ["Roots", "place_roots"]


@dataclass(frozen=True, slots=True)
class Roots:
    """Roots of all zones; see `Problem`."""

    root: Ints
    fixed_home: Bools
    today_root: Ints
    warnings: tuple[str, ...]


def place_roots(
    district: District,
    supply: Supply,
    leads: tuple[str, ...],
    partners: tuple[tuple[Partner, ...], ...],
    current: Ints,
) -> Roots:
    """Find the root of each zone.

    Parameters
    ----------
    district : District
    supply : Supply
        Schools after events.
    leads : tuple of str
        Lead school of each zone.
    partners : tuple of tuple of Partner
        All schools of each zone.
    current : (n,) int32
        Today's zone of each block, -1 none.
    """
    place = _Places(district, current)
    today = [place.today(z, district.schools, group) for z, group in enumerate(partners)]
    root = np.array([block for block, _ in today], dtype=np.int32)
    fixed = np.array([own for _, own in today], dtype=bool)
    warnings = []
    placed = {z for z, lead in enumerate(leads) if lead not in supply.moved and root[z] >= 0}
    for z, (lead, group) in enumerate(zip(leads, partners, strict=True)):
        if z not in placed:
            taken = root[sorted(placed)]
            root[z], fixed[z] = place.new(supply.schools, lead, taken)
            placed.add(z)
            if not fixed[z]:
                is_known = place.own_block(supply.schools, lead) >= 0
                reason = "its block holds another school" if is_known else "its block is not known"
                warnings.append(
                    f"{lead}: {reason}; its zone grows from the nearest free block "
                    f"{place.ids[root[z]]} and may leave the school outside"
                )
        elif not fixed[z]:
            names = ", ".join(partner.school_id for partner in group)
            warnings.append(
                f"{names}: the school stands outside its own zone; the zone grows from its "
                f"nearest block {place.ids[root[z]]}"
            )
    today_root = np.where([block >= 0 for block, _ in today], [b for b, _ in today], root)
    return Roots(root, fixed, today_root.astype(np.int32), tuple(warnings))


class _Places:
    """Where schools and blocks are."""

    def __init__(self, district: District, current: Ints) -> None:
        self.current = current
        self.ids = district.blocks.index
        self.xy = district.blocks[["x_m", "y_m"]].to_numpy(dtype=float)
        self.graph = district.graph

    def own_block(self, schools: pd.DataFrame, school: str) -> int:
        """Return the block a school stands in, -1 where unknown."""
        return int(self.ids.get_indexer(pd.Index(schools.loc[[school], "block_id"]))[0])

    def today(
        self, zone: int, schools: pd.DataFrame, group: tuple[Partner, ...]
    ) -> tuple[int, bool]:
        """Return the root of a zone of today and whether a school of it stands there.

        (-1, False) for a zone that does not exist today.
        """
        blocks = np.flatnonzero(self.current == zone).astype(np.int32)
        known = [partner.school_id for partner in group if partner.school_id in schools.index]
        if not len(blocks) or not known:
            return -1, False
        for school in known:
            block = self.own_block(schools, school)
            if block >= 0 and self.current[block] == zone:
                return block, True
        return self.nearest(schools, known[0], blocks), False

    def new(self, schools: pd.DataFrame, school: str, taken: Ints) -> tuple[int, bool]:
        """Return the root of a school that opens or moves: its new block, or the nearest free."""
        block = self.own_block(schools, school)
        if block >= 0 and block not in taken:
            return block, True
        free = np.setdiff1d(np.arange(len(self.ids), dtype=np.int32), taken)
        return self.nearest(schools, school, free), False

    def nearest(self, schools: pd.DataFrame, school: str, blocks: Ints) -> int:
        """Return the block nearest to a school: by metres, else by borders crossed, else by id."""
        x, y = schools.loc[[school], ["x_m", "y_m"]].to_numpy(dtype=float)[0]
        away = np.hypot(self.xy[blocks, 0] - x, self.xy[blocks, 1] - y)
        if np.isnan(away).all():
            own = self.own_block(schools, school)
            away = self._borders_crossed(own)[blocks] if own >= 0 else np.zeros(len(blocks))
        return int(blocks[int(np.argmin(np.where(np.isnan(away), np.inf, away)))])

    def _borders_crossed(self, start: int) -> Floats:
        n = len(self.ids)
        i, j = self.graph.edge_i, self.graph.edge_j
        borders = csr_array((np.ones(len(i)), (i, j)), shape=(n, n))
        crossed = dijkstra(borders, directed=False, indices=[start], unweighted=True)
        return np.asarray(crossed[0])
