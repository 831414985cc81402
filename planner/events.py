"""What happens to schools before zones are drawn: closing, opening, moving, new grades or seats.

Events change the supply side only: the schools table and the travel to them.  The district that
was read from files stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geodata.grades import GradeSpan
from geodata.travel import straight_line
from planner.errors import ScenarioError

if TYPE_CHECKING:
    from geodata import District

__all__ = [
    "EVENTS",
    "Capacity",
    "Close",
    "Event",
    "Open",
    "Regrade",
    "Relocate",
    "Supply",
    "apply_events",
    "supply_of",
]

Single: TypeAlias = NDArray[np.float32]
_STRAIGHT = "straight line × "


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
    metres: Single
    minutes: Single | None
    moved: frozenset[str] = frozenset()
    regraded: frozenset[str] = frozenset()

    def row(self, school: str) -> int:
        """Return the row and travel column of a school."""
        return int(self.schools.index.get_indexer(pd.Index([school]))[0])

    def change(self, school: str, **values: str | float | bool) -> Supply:
        """Return a supply with other values in one school's row."""
        schools = self.schools.copy()
        for column, value in values.items():
            schools.at[school, column] = value
        return replace(self, schools=schools)


@dataclass(frozen=True, slots=True)
class Close:
    """A school takes no zone any more."""

    kind: ClassVar[str] = "close"
    school: str

    def apply(self, supply: Supply, district: District) -> Supply:
        """Return the supply without this school's zone."""
        return supply.change(self.school, is_open=False)

    def sentence(self) -> str:
        """Say it in words."""
        return f"{self.school} closes."


@dataclass(frozen=True, slots=True)
class Open:
    """A school opens: one the schools file holds as closed, or a new one in a block.

    Parameters
    ----------
    school : str
        Its id; of a new school any id that is not taken.
    block : str, optional
        Block it stands in; needed for a new school.
    level : str, optional
        Needed for a new school.
    capacity_seats : float, optional [seats]
    name : str, optional
    """

    kind: ClassVar[str] = "open"
    school: str
    block: str | None = None
    level: str | None = None
    capacity_seats: float | None = None
    name: str | None = None

    def apply(self, supply: Supply, district: District) -> Supply:
        """Return the supply with this school open and taking a zone."""
        if self.school not in supply.schools.index:
            supply = self._add(supply, district)
        elif self.block is not None:
            supply = _move(supply, district, self.school, self.block)
        values: dict[str, str | float | bool] = {"is_open": True, "takes_zone": True}
        for column in ("level", "capacity_seats", "name"):
            if getattr(self, column) is not None:
                values[column] = getattr(self, column)
        return supply.change(self.school, **values)

    def _add(self, supply: Supply, district: District) -> Supply:
        if self.block is None or self.level is None or self.level not in district.levels:
            raise ScenarioError(
                f"event 'open': no school {self.school} is in the schools file",
                "a new school needs a place and a level",
                f"set block and level (one of {', '.join(district.levels)}), or correct the id",
            )
        span = district.levels[self.level].span
        row = pd.DataFrame(
            {
                "name": self.name or self.school,
                "level": self.level,
                "grade_low": span.low,
                "grade_high": span.high,
                "capacity_seats": np.nan,
                "block_id": self.block,
            },
            index=pd.Index([self.school], name=supply.schools.index.name),
        )
        schools = pd.concat([supply.schools, row]).sort_index()
        at = int(schools.index.get_indexer(pd.Index([self.school]))[0])
        unknown = np.full(len(supply.metres), np.nan, dtype=np.float32)
        metres = np.insert(supply.metres, at, unknown, axis=1)
        minutes = None if supply.minutes is None else np.insert(supply.minutes, at, unknown, axis=1)
        added = replace(supply, schools=schools, metres=metres, minutes=minutes)
        return _move(added, district, self.school, self.block)

    def sentence(self) -> str:
        """Say it in words."""
        where = f" in block {self.block}" if self.block else ""
        return f"{self.name or self.school} opens{where}."


@dataclass(frozen=True, slots=True)
class Relocate:
    """A school moves to another block."""

    kind: ClassVar[str] = "relocate"
    school: str
    block: str

    def apply(self, supply: Supply, district: District) -> Supply:
        """Return the supply with the school at the block's representative point."""
        return _move(supply, district, self.school, self.block)

    def sentence(self) -> str:
        """Say it in words."""
        return f"{self.school} moves to block {self.block}."


@dataclass(frozen=True, slots=True)
class Regrade:
    """A school serves other grades, such as ``K-2``."""

    kind: ClassVar[str] = "regrade"
    school: str
    grades: str

    def apply(self, supply: Supply, district: District) -> Supply:
        """Return the supply with the school's new grade span, and the level it fits best."""
        span = GradeSpan.parse(self.grades)
        level = max(
            district.levels.values(),
            key=lambda level: len(set(level.span.grades) & set(span.grades)),
        )
        changed = supply.change(
            self.school, grade_low=span.low, grade_high=span.high, level=level.name
        )
        return replace(changed, regraded=supply.regraded | {self.school})

    def sentence(self) -> str:
        """Say it in words."""
        return f"{self.school} serves grades {self.grades}."


@dataclass(frozen=True, slots=True)
class Capacity:
    """A school has another number of seats."""

    kind: ClassVar[str] = "capacity"
    school: str
    capacity_seats: float

    def apply(self, supply: Supply, district: District) -> Supply:
        """Return the supply with the school's new seats."""
        return supply.change(self.school, capacity_seats=float(self.capacity_seats))

    def sentence(self) -> str:
        """Say it in words."""
        return f"{self.school} has {self.capacity_seats:g} seats."


Event: TypeAlias = Close | Open | Relocate | Regrade | Capacity
EVENTS: tuple[type[Event], ...] = (Close, Open, Relocate, Regrade, Capacity)


def supply_of(district: District) -> Supply:
    """Return a district's schools and travel as they are today."""
    return Supply(district.schools, district.travel.metres, district.travel.minutes)


def apply_events(district: District, events: Iterable[Event]) -> Supply:
    """Apply events in their order.

    Raises
    ------
    ScenarioError
        Naming every event whose school, block or level the district does not have.
    """
    supply, faults = supply_of(district), []
    for event in events:
        is_new = isinstance(event, Open)
        if not is_new and event.school not in supply.schools.index:
            faults.append(f"event '{event.kind}': no school {event.school} is in the schools file")
            continue
        block = getattr(event, "block", None)
        if block is not None and block not in district.blocks.index:
            faults.append(f"event '{event.kind}' of {event.school}: there is no block {block}")
            continue
        supply = event.apply(supply, district)
    if faults:
        raise ScenarioError(
            "; ".join(faults), "the event cannot happen", "correct the ids in the [[event]] tables"
        )
    return supply


def _move(supply: Supply, district: District, school: str, block: str) -> Supply:
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


def _way_to(district: District, x: float, y: float) -> tuple[Single, Single]:
    """Return metres and minutes from each block to a point, (n,) each.

    Known only where the district's travel is by straight line; unknown (NaN) where it comes from
    a file, because nobody has measured the way to the new place.
    """
    travel = district.travel
    unknown = np.full(district.n_blocks, np.nan, dtype=np.float32)
    factor = travel.method.removeprefix(_STRAIGHT)
    if factor == travel.method:
        return unknown, unknown
    metres = straight_line(
        district.blocks[["x_m", "y_m"]].to_numpy(dtype=float),
        np.array([[x, y]]),
        detour_factor=float(factor),
    ).metres[:, 0]
    if travel.minutes is None:
        return metres, unknown
    known = travel.metres > 0
    minutes_per_metre = np.median(travel.minutes[known] / travel.metres[known])
    return metres, metres * np.float32(minutes_per_metre)
