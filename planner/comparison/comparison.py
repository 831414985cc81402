"""The same measures side by side, what got better and worse, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geodata.dtypes import Bools, Floats
from geodata.errors import counted
from planner.comparison.sources import TODAY, Option
from planner.metrics import metric_texts
from planner.plain import plain_rows

__all__ = ["Comparison", "badness", "put_together"]

KEYS = ["metric", "scope", "id", "group"]
SLACK = 1e-9
"""Differences up to this, relative to the numbers, are rounding."""
SAME = 1e-6
"""Numbers of today that differ by more than this, relative to them, are not the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Options beside each other and beside today.

    Parameters
    ----------
    names : tuple of str
    table : DataFrame
        `metric`, `scope`, `id`, `group`, `unit`, `better` ("lower", "higher", "nearer to 0",
        "nearer to 1", "neither"), `today`, then one column an option.  NaN is unknown; `today` also
        where the options do not agree about it.
    todays : DataFrame
        Today's number of the same rows as each option was measured with, one column an option.
    comparable : (rows,) bool
        Whether the options may be ranked: they agree about today, and were measured on one
        district's data.
    broken : mapping of name to sentences
        Rules that do not hold.
    unchecked : mapping of name to sentences
        Rules that could not be checked, and why.
    sure : mapping of name to str
        How sure each solve was.
    notes : tuple of str
    """

    names: tuple[str, ...]
    table: pd.DataFrame
    todays: pd.DataFrame
    comparable: Bools
    broken: dict[str, tuple[str, ...]]
    unchecked: dict[str, tuple[str, ...]]
    sure: dict[str, str]
    notes: tuple[str, ...] = ()

    @property
    def same_today(self) -> bool:
        """Whether the options agree about every number of today."""
        return bool(self.comparable.all())

    @property
    def columns(self) -> pd.DataFrame:
        """Return the table; where options do not agree about today, with each one's own beside it.

        The columns are then ``today of <name>``, and `today` is left out.
        """
        if self.same_today:
            return self.table
        pairs = [
            pd.DataFrame({f"{TODAY} of {name}": self.todays[name], name: self.table[name]})
            for name in self.names
        ]
        keys = self.table.drop(columns=[TODAY, *self.names])
        return pd.concat([keys, *pairs], axis="columns")

    def gains(self, name: str, than: str = TODAY) -> pd.DataFrame:
        """Return what is better in one option than today (or than another option).

        Today's numbers are those the option itself was measured with.

        Returns
        -------
        DataFrame
            `metric`, `scope`, `id`, `group`, `unit`, `before`, `after`, `change`; the largest
            relative changes first within each scope.  Measures without a better side, and
            expectations under chance, are left out.
        """
        return self._changed(name, than, better=True)

    def losses(self, name: str, than: str = TODAY) -> pd.DataFrame:
        """Return what is worse in one option than today (or than another option); as `gains`."""
        return self._changed(name, than, better=False)

    def best(self) -> pd.DataFrame:
        """Return which options are best in each measure that has a better side.

        Returns
        -------
        DataFrame
            `metric`, `scope`, `id`, `group`, `best`: names that share the best value, joined by
            ", "; empty where all are equal, a value is unknown, or they cannot be ranked.
        """
        table = self._judged()
        sides = list(table["better"])
        bad = np.column_stack(
            [badness(table[name].to_numpy(dtype=np.float64), sides) for name in self.names]
        )
        least = bad.min(axis=1, keepdims=True)
        near = bad <= least + SLACK * np.maximum(1.0, np.abs(least))
        differ = ~near.all(axis=1) & ~np.isnan(bad).any(axis=1)
        differ &= self.comparable[table.index]
        names = np.array(self.names, dtype=object)
        winners = [
            ", ".join(names[row]) if some else "" for row, some in zip(near, differ, strict=True)
        ]
        return table[KEYS].assign(best=winners).reset_index(drop=True)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON; unknown numbers are None."""
        return {
            "options": list(self.names),
            "same_today": self.same_today,
            "sure": self.sure,
            "broken_rules": {name: list(told) for name, told in self.broken.items()},
            "unchecked_rules": {name: list(told) for name, told in self.unchecked.items()},
            "metrics": plain_rows(self.columns),
            "better_than_today": {name: plain_rows(self.gains(name)) for name in self.names},
            "worse_than_today": {name: plain_rows(self.losses(name)) for name in self.names},
            "best": [row for row in plain_rows(self.best()) if row["best"]],
            "notes": list(self.notes),
        }

    def _judged(self) -> pd.DataFrame:
        """Return the measures that have a better side and are not expectations."""
        by_chance = self.table["metric"].str.endswith("_random")
        chosen = (self.table["better"] != "neither") & ~by_chance
        return pd.DataFrame(self.table[chosen])

    def _changed(self, name: str, than: str, *, better: bool) -> pd.DataFrame:
        table = self._judged()
        other = self.todays.loc[table.index, name] if than == TODAY else table[than]
        before, after = (column.to_numpy(dtype=np.float64) for column in (other, table[name]))
        bad_before, bad_after = (badness(side, list(table["better"])) for side in (before, after))
        scale = np.maximum(np.abs(before), np.abs(after))
        rise = bad_after - bad_before
        chosen = (-rise if better else rise) > SLACK * np.maximum(1.0, scale)
        if than != TODAY:
            chosen &= self.comparable[table.index]
        size = np.divide(np.abs(rise), scale, out=np.zeros_like(rise), where=scale > 0)
        found = table.loc[chosen, [*KEYS, "unit"]].assign(
            before=before[chosen],
            after=after[chosen],
            change=(after - before)[chosen],
            size=size[chosen],
        )
        order = {scope: place for place, scope in enumerate(dict.fromkeys(self.table["scope"]))}
        found = found.assign(place=found["scope"].map(order))
        found = found.sort_values(["place", "size"], ascending=[True, False], kind="stable")
        return pd.DataFrame(found.drop(columns=["place", "size"]).reset_index(drop=True))


def put_together(given: Sequence[Option]) -> Comparison:
    """Put options side by side, each with the numbers of today it was measured with."""
    texts = metric_texts()
    columns = {}
    for option in given:
        rows = option.metrics.set_index(KEYS)
        columns[option.name] = rows[["baseline", "plan"]].astype(float)
    keys = list(dict.fromkeys(key for rows in columns.values() for key in rows.index))
    index = pd.MultiIndex.from_tuples(keys, names=KEYS)
    plans = {name: rows["plan"].reindex(index) for name, rows in columns.items()}
    todays = pd.DataFrame({name: rows["baseline"].reindex(index) for name, rows in columns.items()})
    agree, one_district = _agreeing(todays), len({option.data for option in given}) == 1
    today = todays.bfill(axis=1).iloc[:, 0].where(agree)
    units = {
        m: u for o in given for m, u in zip(o.metrics["metric"], o.metrics["unit"], strict=True)
    }
    table = pd.DataFrame({TODAY: today, **plans}, index=index).reset_index()
    known = {name: text.better for name, text in texts.items()}
    table.insert(4, "unit", table["metric"].map(units))
    table.insert(5, "better", table["metric"].map(known).fillna("neither"))
    return Comparison(
        names=tuple(option.name for option in given),
        table=table,
        todays=todays.reset_index(drop=True),
        comparable=agree if one_district else np.full(len(agree), agree.all()),
        broken={option.name: option.broken for option in given},
        unchecked={option.name: option.unchecked for option in given},
        sure={option.name: option.sure for option in given},
        notes=_differing(agree, one_district),
    )


def badness(values: Floats, better: Sequence[str]) -> Floats:
    """Return numbers of which less is better, whatever the side of each measure.

    Parameters
    ----------
    values : (k,) float64
    better : (k,) sequence of str
        "lower", "higher", "nearer to 0" or "nearer to 1".
    """
    side = np.asarray(better, dtype=object)
    out = np.where(side == "higher", -values, values)
    out = np.where(side == "nearer to 0", np.abs(values), out)
    return np.where(side == "nearer to 1", np.abs(values - 1.0), out)


def _agreeing(todays: pd.DataFrame) -> Bools:
    """Return the rows where all that know today's number say the same."""
    low, high = todays.min(axis=1).to_numpy(), todays.max(axis=1).to_numpy()
    scale = np.maximum(1.0, np.maximum(np.abs(low), np.abs(high)))
    return np.asarray(~(high - low > SAME * scale))


def _differing(agree: Bools, one_district: bool) -> tuple[str, ...]:
    """Say first that today is not the same in all options, and what follows."""
    apart = int((~agree).sum())
    if not apart:
        return ()
    why, ranked = (
        ("with other thresholds or levels, or after other events", "those measures are not")
        if one_district
        else ("on other data (another year's, or another district's)", "nothing is")
    )
    return (
        f"The options do not agree about today in {counted(apart, 'measure')}: they were measured "
        f"{why}. Each stands beside its own today; {ranked} ranked across them.",
    )
