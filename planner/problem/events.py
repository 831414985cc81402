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

from geodata.errors import DataError
from geodata.grades import GradeSpan
from geodata.reserved import reserved_in_id
from planner.errors import ScenarioError
from planner.problem.supply import Supply, move_school, supply_of

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
    """A school opens: one that is closed or takes no zone, or a new one in a block.

    Parameters
    ----------
    school : str
        Its id; of a new school any id that is not taken.
    block : str, optional
        Block it stands in; needed for a new school.
    level : str, optional
        Needed for a new school; for another, a level it teaches some grade of.
    capacity_seats : float, optional [seats]
    name : str, optional
    """

    kind: ClassVar[str] = "open"
    school: str
    block: str | None = None
    level: str | None = None
    capacity_seats: float | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        """Refuse seats that are no number of seats."""
        _refuse_seats(self.kind, self.capacity_seats)

    def fault(self, supply: Supply, district: District) -> str:
        """Say why it cannot open; empty where it can."""
        if self.level is not None and self.level not in district.levels:
            return f"there is no level {self.level!r} (use one of {', '.join(district.levels)})"
        if self.school not in supply.schools.index:
            if marks := reserved_in_id(self.school):
                return f"the id of a new school must not have {marks} in it: it joins schools"
            needed = [key for key in ("block", "level") if getattr(self, key) is None]
            return (
                f"no school {self.school} is in the schools file{supply.meant(self.school)}; a new "
                f"school needs a {' and a '.join(needed)}"
                if needed
                else ""
            )
        columns = ["is_open", "takes_zone", "grade_low", "grade_high"]
        is_open, takes_zone, low, high = supply.schools.loc[[self.school], columns].to_numpy()[0]
        if is_open and takes_zone:
            return "it is open already (relocate, capacity and regrade change an open school)"
        if self.level is not None and low and high:
            span = district.levels[self.level].span
            if not span.overlaps(GradeSpan(low, high)):
                return f"it teaches {low}-{high}, no grade of {self.level} ({span}); regrade it"
        return ""

    def apply(self, supply: Supply, district: District) -> Supply:
        """Return the supply with this school open and taking a zone."""
        if self.school not in supply.schools.index:
            supply = self._add(supply, district, self.block or "", self.level or "")
        elif self.block is not None:
            supply = move_school(supply, district, self.school, self.block)
        values: dict[str, str | float | bool] = {"is_open": True, "takes_zone": True}
        for column in ("level", "capacity_seats", "name"):
            if getattr(self, column) is not None:
                values[column] = getattr(self, column)
        return supply.change(self.school, **values)

    def _add(self, supply: Supply, district: District, block: str, level: str) -> Supply:
        span = district.levels[level].span
        row = pd.DataFrame(
            {
                "name": self.name or self.school,
                "level": level,
                "grade_low": span.low,
                "grade_high": span.high,
                "capacity_seats": np.nan,
                "block_id": block,
            },
            index=pd.Index([self.school], name=supply.schools.index.name),
        )
        schools = pd.concat([supply.schools, row]).sort_index()
        at = int(schools.index.get_indexer(pd.Index([self.school]))[0])
        unknown = np.full(len(supply.metres), np.nan, dtype=np.float32)
        metres = np.insert(supply.metres, at, unknown, axis=1)
        minutes = None if supply.minutes is None else np.insert(supply.minutes, at, unknown, axis=1)
        added = replace(supply, schools=schools, metres=metres, minutes=minutes)
        return move_school(added, district, self.school, block)

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
        return move_school(supply, district, self.school, self.block)

    def sentence(self) -> str:
        """Say it in words."""
        return f"{self.school} moves to block {self.block}."


@dataclass(frozen=True, slots=True)
class Regrade:
    """A school serves other grades, such as ``K-2``."""

    kind: ClassVar[str] = "regrade"
    school: str
    grades: str

    def __post_init__(self) -> None:
        """Refuse what is no span of grades."""
        try:
            GradeSpan.parse(self.grades)
        except DataError as error:
            raise ScenarioError(f"event 'regrade': {error}") from error

    def fault(self, supply: Supply, district: District) -> str:
        """Say why it cannot serve these grades; empty where it can."""
        span = GradeSpan.parse(self.grades)
        if any(level.span.overlaps(span) for level in district.levels.values()):
            return ""
        levels = ", ".join(f"{name} {level.span}" for name, level in district.levels.items())
        return f"grades {self.grades} belong to no level ({levels})"

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

    def __post_init__(self) -> None:
        """Refuse seats that are no number of seats."""
        _refuse_seats(self.kind, self.capacity_seats)

    def apply(self, supply: Supply, district: District) -> Supply:
        """Return the supply with the school's new seats."""
        return supply.change(self.school, capacity_seats=float(self.capacity_seats))

    def sentence(self) -> str:
        """Say it in words."""
        return f"{self.school} has {self.capacity_seats:g} seats."


Event: TypeAlias = Close | Open | Relocate | Regrade | Capacity
EVENTS: tuple[type[Event], ...] = (Close, Open, Relocate, Regrade, Capacity)


def apply_events(district: District, events: Iterable[Event]) -> Supply:
    """Apply events in their order.

    Raises
    ------
    ScenarioError
        Naming every event whose school, block or level the district does not have.
    """
    supply, faults = supply_of(district), []
    for event in events:
        fault = _fault(event, supply, district)
        if fault:
            faults.append(fault)
        else:
            supply = event.apply(supply, district)
    if faults:
        raise ScenarioError(
            "; ".join(faults), "the event cannot happen", "correct the [[event]] tables"
        )
    return supply


def _fault(event: Event, supply: Supply, district: District) -> str:
    """Say why an event cannot happen; empty where it can."""
    who = f"event '{event.kind}'"
    is_new = isinstance(event, Open)
    if not is_new and event.school not in supply.schools.index:
        return f"{who}: no school {event.school} is in the schools file{supply.meant(event.school)}"
    block = getattr(event, "block", None)
    if block is not None and block not in district.blocks.index:
        return f"{who} of {event.school}: there is no block {block}"
    told = event.fault(supply, district) if isinstance(event, (Open, Regrade)) else ""
    return f"{who} of {event.school}: {told}" if told else ""


def _refuse_seats(kind: str, seats: float | None) -> None:
    if seats is not None and not 0 <= seats < np.inf:
        raise ScenarioError(f"event {kind!r}: {seats:g} is no number of seats of 0 or more")
