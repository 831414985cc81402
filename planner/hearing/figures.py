"""The only door to numbers: every page, sheet, file and picture asks here.

A figure is what metrics.csv or moves.csv of a run says, unless the public may not see it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geodata.reserved import ALL
from planner.disclosure import GRAINS, Release
from planner.hearing.packet import Option, Packet
from planner.hearing.totals import told_by_totals
from planner.hearing.verdicts import told_verdicts

__all__ = ["HIDDEN", "TODAY", "Figure", "Figures", "Key"]

TODAY = ""

Key = tuple[str, str, str, str, str]
"""Letter of the option ("" today), metric, scope, id, group.

A flow of students is the metric ``moved`` of the scope ``flow`` with the level as group and
``"from>to"`` as id.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number, or the fact that it may not be shown.

    Parameters
    ----------
    value : float
        NaN where unknown, or hidden.
    hidden : bool
        Whether there is a number that the public may not see.
    side : {"", "most", "least", "about"}
        Whether the value is only a limit, or the difference of two rounded numbers.
    grain : float
        Step to which the value was rounded before it was released; 0 where it is as it is.
    ends : tuple of float
        Of a change the numbers before and after, where both are as they are.
    """

    value: float = math.nan
    hidden: bool = False
    side: str = ""
    grain: float = 0.0
    ends: tuple[float, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether there is a number to show."""
        return not math.isnan(self.value)


HIDDEN = Figure(math.nan, hidden=True)

_OF_MOVES = frozenset({"students_moved", "share_moved"})
"""What is 0, as everybody sees, where a plan leaves a level as it is."""


@dataclass(frozen=True, eq=False)
class Figures:
    """All numbers of a packet.

    Parameters
    ----------
    packet : Packet
    release : Release or None
        What the public may see; None shows everything.
    """

    packet: Packet
    release: Release | None = None

    @property
    def is_public(self) -> bool:
        """Whether only what the public may see is shown."""
        return self.release is not None

    @property
    def forecast_years(self) -> tuple[str, ...]:
        """Years of the district's forecast, as metrics.csv names them; none for the public.

        A forecast of a few blocks may be of children who live there.
        """
        return () if self.is_public else tuple(map(str, sorted(self.packet.district.forecasts)))

    @property
    def threshold(self) -> float | None:
        """Smallest number of students shown; None where nothing is hidden [students]."""
        return None if self.release is None else self.release.threshold

    @property
    def left_out(self) -> tuple[str, ...]:
        """Groups that are too small to be shown by school."""
        return () if self.release is None else self.release.left_out

    def told(self, option: Option) -> NDArray[np.bool_]:
        """Tell which findings of an option's rules may be told, one bool a row of rules.csv."""
        if self.release is None:
            return np.ones(len(option.run.rules), dtype=bool)
        return self._told[option.letter]

    @cached_property
    def _told(self) -> Mapping[str, NDArray[np.bool_]]:
        release = self.release
        if release is None:
            return {}
        return {o.letter: told_verdicts(self.packet, o, release) for o in self.packet.options}

    def raw(self) -> dict[Key, float]:
        """Return every known number of the packet, for the gate to decide on."""
        numbers = {
            (letter, *name): value
            for letter, table in self._values.items()
            for name, value in table.items()
        }
        return {k: v for k, v in (numbers | dict(self.flows)).items() if not math.isnan(v)}

    def get(self, letter: str, metric: str, scope: str, name: str, group: str = ALL) -> Figure:
        """Return a number of metrics.csv.

        Parameters
        ----------
        letter : str
            Option, or `TODAY`.
        metric, scope, name, group : str
            As in metrics.csv (`name` is its column id).
        """
        value = self._values[letter].get((metric, scope, name, group), math.nan)
        return self._shown((letter, metric, scope, name, group), value)

    def change(self, letter: str, metric: str, scope: str, name: str, group: str = ALL) -> Figure:
        """Return how much an option changes a number; hidden where either is, or is only a limit.

        Two rounded numbers that are a step apart differ by anything up to two steps: such a
        change is not told, and a larger one only in whole steps.
        """
        after = self.get(letter, metric, scope, name, group)
        before = self.get(TODAY, metric, scope, name, group)
        if any(figure.hidden or figure.side for figure in (after, before)):
            return HIDDEN
        step, change = self.grain(metric), after.value - before.value
        if not step or math.isnan(change):
            return Figure(change, ends=(before.value, after.value))
        steps = round(change / step)
        return Figure(round(steps * step, 9), side="about") if abs(steps) > 1 else HIDDEN

    def grain(self, metric: str) -> float:
        """Return the step to which a metric is rounded; 0 where it is shown as it is."""
        return 0.0 if self.release is None else GRAINS.get(metric, 0.0)

    def flag(self, letter: str, metric: str, level: str) -> bool:
        """Tell whether a yes-or-no metric of a whole level is yes; the public is told it too."""
        return self._values[letter].get((metric, "level", level, ALL), math.nan) == 1.0

    def flow(self, letter: str, level: str, before: str, after: str) -> Figure:
        """Return the students who would go from one school to another."""
        key = (letter, "moved", "flow", f"{before}>{after}", level)
        return self._shown(key, self.flows.get(key, math.nan))

    @cached_property
    def flows(self) -> Mapping[Key, float]:
        """Students of every row of moves.csv, raw."""
        return {
            (o.letter, "moved", "flow", f"{a}>{b}", level): float(students)
            for o in self.packet.options
            for level, a, b, students in o.run.moves[
                ["level", "from_school", "to_school", "students"]
            ].itertuples(index=False, name=None)
        }

    def has(self, metric: str, scope: str, group: str = ALL) -> bool:
        """Tell whether any plan has a known number of this kind.

        There is none of a group with nobody in it, which the public is not told of one counted.
        """
        of = {name for kind, where, name in self._kinds if (kind, where) == (metric, scope)}
        is_counted = self.is_public and ("students", "level", group) in self._kinds
        return group in of or (is_counted and not of <= {ALL})

    @cached_property
    def _kinds(self) -> frozenset[tuple[str, str, str]]:
        found: set[tuple[str, str, str]] = set()
        for option in self.packet.options:
            known = option.run.metrics
            known = known[known["plan"].notna() | known["baseline"].notna()]
            found.update(known[["metric", "scope", "group"]].itertuples(index=False, name=None))
        return frozenset(found)

    @cached_property
    def _values(self) -> Mapping[str, Mapping[tuple[str, str, str, str], float]]:
        tables: dict[str, dict[tuple[str, str, str, str], float]] = {TODAY: {}}
        for option in self.packet.options:
            rows = option.run.metrics
            columns = ["metric", "scope", "id", "group"]
            names = list(rows[columns].itertuples(index=False, name=None))
            tables[option.letter] = dict(zip(names, rows["plan"].astype(float), strict=True))
            today = dict(zip(names, rows["baseline"].astype(float), strict=True))
            tables[TODAY] = _agreed(tables[TODAY], today)
        return tables

    def _shown(self, key: Key, value: float) -> Figure:
        if self.release is None:
            return Figure(value)
        if math.isnan(value):
            return HIDDEN if self._is_of_hidden_nobody(key, self.release) else Figure()
        if key in self.release.values:
            return Figure(self.release.values[key], grain=self.grain(key[1]))
        if key[1] in _OF_MOVES and value == 0.0 and self.is_as_today(key[0], key[3]):
            return Figure(0.0)
        if key[2] == "level" and key[1] in self._told_by_totals.get((key[0], key[3]), ()):
            return Figure(value)
        return self._coded(key) or HIDDEN

    def is_as_today(self, letter: str, level: str) -> bool:
        """Tell whether an option leaves all zones of a level, and their grades, as they are."""
        after = self.packet.proposed.get((letter, level))
        if after is None:  # today itself, or the figure of a school
            return False
        spans = self.packet.spans
        return (
            after.equals(self.packet.today[level]) and spans[letter, level] == spans[TODAY, level]
        )

    @cached_property
    def _told_by_totals(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """Metrics of each plan (its letter) and level that follow from what is shown."""
        shown = {} if self.release is None else self.release.values
        return {
            (letter, level): told_by_totals(self.packet, letter, level, rows, shown)
            for letter, rows in self._values.items()
            for level in self.packet.levels
        }

    def _is_of_hidden_nobody(self, key: Key, release: Release) -> bool:
        """Tell whether a rate is unknown beside a number of students that is not shown.

        A rate of nobody is not defined: to say so would tell that the hidden number is 0.
        """
        letter, _, scope, name, group = key
        rows, where = self._values.get(letter, {}), "level" if scope == "group" else scope
        wholes = {("students", where, name, of) for of in (ALL, group)}
        known = {whole for whole in wholes if not math.isnan(rows.get(whole, math.nan))}
        return any((letter, *whole) not in release.values for whole in known)

    def _coded(self, key: Key) -> Figure | None:
        """Return a share that is shown only as "at most" or "at least"."""
        letter, metric, scope, name, group = key
        if self.release is None or metric not in ("share", "students"):
            return None
        ends = self.release.bounds.get((letter, "students", scope, name, group))
        whole = self.release.values.get((letter, "students", scope, name, ALL))
        if ends is None or not whole:
            return None
        low, high = (end / whole if metric == "share" else end for end in ends)
        return Figure(high, side="most") if ends[0] <= 0 else Figure(low, side="least")


def _agreed(
    one: dict[tuple[str, str, str, str], float], other: dict[tuple[str, str, str, str], float]
) -> dict[tuple[str, str, str, str], float]:
    """Join what two runs say of today; unknown where they do not say the same.

    A building of two levels has one way of today in a run of its lower level and another one in a
    run of its upper.
    """
    joined = other | one
    for key in one.keys() & other.keys():
        if not np.isclose(one[key], other[key], equal_nan=True):
            joined[key] = math.nan
    return joined
