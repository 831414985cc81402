"""The same measures side by side, what got better and worse, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from planner.comparison.sources import TODAY, Option
from planner.metrics import metric_texts
from planner.metrics.base import Floats

__all__ = ["Comparison", "badness", "put_together"]

KEYS = ["metric", "scope", "id", "group"]
SLACK = 1e-9
"""Differences up to this, relative to the numbers, are rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Options beside each other and beside today.

    Parameters
    ----------
    names : tuple of str
    table : DataFrame
        `metric`, `scope`, `id`, `group`, `unit`, `better` ("lower", "higher", "nearer to 0",
        "nearer to 1", "neither"), `today`, then one column an option.  NaN is unknown.
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
    broken: dict[str, tuple[str, ...]]
    unchecked: dict[str, tuple[str, ...]]
    sure: dict[str, str]
    notes: tuple[str, ...] = ()

    def gains(self, name: str, than: str = TODAY) -> pd.DataFrame:
        """Return what is better in one option than today (or than another option).

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
            ", "; empty where all are equal or a value is unknown.
        """
        table = self._judged()
        bad = np.column_stack([_badness_of(table, name) for name in self.names])
        least = bad.min(axis=1, keepdims=True)
        near = bad <= least + SLACK * np.maximum(1.0, np.abs(least))
        differ = ~near.all(axis=1) & ~np.isnan(bad).any(axis=1)
        names = np.array(self.names, dtype=object)
        winners = [
            ", ".join(names[row]) if some else "" for row, some in zip(near, differ, strict=True)
        ]
        return table[KEYS].assign(best=winners).reset_index(drop=True)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON; unknown numbers are None."""
        return {
            "options": list(self.names),
            "sure": self.sure,
            "broken_rules": {name: list(told) for name, told in self.broken.items()},
            "unchecked_rules": {name: list(told) for name, told in self.unchecked.items()},
            "metrics": _records(self.table),
            "better_than_today": {name: _records(self.gains(name)) for name in self.names},
            "worse_than_today": {name: _records(self.losses(name)) for name in self.names},
            "best": [row for row in _records(self.best()) if row["best"]],
            "notes": list(self.notes),
        }

    def _judged(self) -> pd.DataFrame:
        """Return the measures that have a better side and are not expectations."""
        by_chance = self.table["metric"].str.endswith("_random")
        chosen = (self.table["better"] != "neither") & ~by_chance
        return pd.DataFrame(self.table[chosen])

    def _changed(self, name: str, than: str, *, better: bool) -> pd.DataFrame:
        table = self._judged()
        before, after = (table[column].to_numpy(dtype=np.float64) for column in (than, name))
        bad_before, bad_after = _badness_of(table, than), _badness_of(table, name)
        scale = np.maximum(np.abs(before), np.abs(after))
        rise = bad_after - bad_before
        chosen = (-rise if better else rise) > SLACK * np.maximum(1.0, scale)
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
    """Put options side by side; today's numbers are taken from the first that knows them."""
    texts = metric_texts()
    columns = {}
    for option in given:
        rows = option.metrics.set_index(KEYS)
        columns[option.name] = rows[["baseline", "plan"]].astype(float)
    keys = list(dict.fromkeys(key for rows in columns.values() for key in rows.index))
    index = pd.MultiIndex.from_tuples(keys, names=KEYS)
    plans = {name: rows["plan"].reindex(index) for name, rows in columns.items()}
    todays = [rows["baseline"].reindex(index) for rows in columns.values()]
    units = {
        m: u for o in given for m, u in zip(o.metrics["metric"], o.metrics["unit"], strict=True)
    }
    table = pd.DataFrame({TODAY: _first_known(todays), **plans}, index=index).reset_index()
    known = {name: text.better for name, text in texts.items()}
    table.insert(4, "unit", table["metric"].map(units))
    table.insert(5, "better", table["metric"].map(known).fillna("neither"))
    return Comparison(
        tuple(option.name for option in given),
        table,
        {option.name: option.broken for option in given},
        {option.name: option.unchecked for option in given},
        {option.name: option.sure for option in given},
        _differing(todays, tuple(columns)),
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


def _badness_of(table: pd.DataFrame, column: str) -> Floats:
    return badness(table[column].to_numpy(dtype=np.float64), list(table["better"]))


def _first_known(columns: Sequence[pd.Series[float]]) -> pd.Series[float]:
    first = columns[0]
    for other in columns[1:]:
        first = first.fillna(other)
    return first


def _differing(columns: Sequence[pd.Series[float]], names: tuple[str, ...]) -> tuple[str, ...]:
    """Warn where today's numbers are not the same in all options."""
    first, notes = columns[0], []
    for name, other in zip(names[1:], columns[1:], strict=True):
        scale = SLACK * np.maximum(1.0, first.abs())
        apart = int(((first - other).abs() > 1e3 * scale).sum())
        if apart:
            notes.append(
                f"{name}: {apart} of today's numbers differ from those of {names[0]}: the two were "
                "measured on other data, another baseline or with other thresholds, so compare "
                "them with care."
            )
    return tuple(notes)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]
