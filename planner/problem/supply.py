"""The schools of a district and the way to them, as events leave them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geodata.dtypes import Singles
from geodata.travel import straight_line
from planner.nearest import nearest

if TYPE_CHECKING:
    from geodata import District

__all__ = ["Supply", "move_school", "supply_of"]


@dataclass(frozen=True, slots=True)
class Supply:
    """Schools and the way to them, after events.

    Parameters
    ----------
    schools : DataFrame
        As `District.schools`, index sorted.
    metres : (n_blocks, n_schools) float32 [m]
    minutes : (n_blocks, n_schools) float32 [min] or None
        Columns in the order of `schools`; NaN unknown.
    moved : frozenset of str
        Schools that stand somewhere else than today, or did not exist.
    regraded : frozenset of str
        Schools that serve other grades than today.
    """

    schools: pd.DataFrame
    metres: Singles
    minutes: Singles | None
    moved: frozenset[str] = frozenset()
    regraded: frozenset[str] = frozenset()

    def row(self, school: str) -> int:
        """Return the row and travel column of a school.

        Raises
        ------
        KeyError
            If there is no such school.
        """
        return int(self.schools.index.get_loc(school))  # type: ignore[arg-type]

    def meant(self, school: str) -> str:
        """Return a hint at the id of the school that was meant, or nothing."""
        names = self.schools["name"].astype(str).str.casefold()
        named = [str(key) for key in self.schools.index[names == school.casefold()]]
        found = named[0] if named else nearest(school, map(str, self.schools.index))
        return f"; did you mean {found} ({self.schools['name'][found]})?" if found else ""

    def change(self, school: str, **values: str | float | bool) -> Supply:
        """Return a supply with other values in one school's row."""
        schools = self.schools.copy()
        for column, value in values.items():
            schools.at[school, column] = value
        return replace(self, schools=schools)


def supply_of(district: District) -> Supply:
    """Return a district's schools and travel as they are today."""
    return Supply(district.schools, district.travel.metres, district.travel.minutes)


def move_school(supply: Supply, district: District, school: str, block: str) -> Supply:
    """Put a school at a block's representative point and measure the way to it again."""
    x, y = district.blocks.loc[[block], ["x_m", "y_m"]].to_numpy(dtype=float)[0].tolist()
    at = supply.row(school)
    metres, minutes = _way_to(district, x, y)
    all_metres, all_minutes = supply.metres.copy(), supply.minutes
    all_metres[:, at] = metres
    if all_minutes is not None:
        all_minutes = all_minutes.copy()
        all_minutes[:, at] = minutes
    moved = replace(supply, metres=all_metres, minutes=all_minutes, moved=supply.moved | {school})
    return moved.change(school, x_m=x, y_m=y, block_id=block)


def _way_to(district: District, x: float, y: float) -> tuple[Singles, Singles]:
    """Return metres and minutes from each block to a point, (n,) each.

    Known only where the district's travel is by straight line; unknown (NaN) where it comes from
    a file, because nobody has measured the way to the new place.
    """
    travel = district.travel
    unknown = np.full(district.n_blocks, np.nan, dtype=np.float32)
    if travel.detour_factor is None:
        return unknown, unknown
    way = straight_line(
        district.blocks[["x_m", "y_m"]].to_numpy(dtype=float),
        np.array([[x, y]]),
        detour_factor=travel.detour_factor,
        speed_km_per_h=travel.speed_km_per_h,
    )
    return way.metres[:, 0], unknown if way.minutes is None else way.minutes[:, 0]
