"""Find the school that a plan means: by its id, or by its name."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geodata.errors import Fault, counted, fatal
from geodata.ids import unmatched_fault

__all__ = ["SchoolKeys"]


class SchoolKeys:
    """Schools by id and by name.

    Parameters
    ----------
    schools : DataFrame
        As in `District.schools`.
    label : str
        Name of the file of schools, for faults.
    """

    def __init__(self, schools: pd.DataFrame, label: str = "the schools") -> None:
        self.label = label
        self._level = {str(key): str(level) for key, level in schools["level"].items()}
        self._named: dict[str, list[str]] = {}
        for key, name in schools["name"].items():
            self._named.setdefault(_plain(str(name)), []).append(str(key))

    def level_of(self, school_id: str) -> str:
        """Return the level of a school."""
        return self._level[school_id]

    def is_id(self, value: object) -> bool:
        """Tell whether a value is the id of some school."""
        return value in self._level

    def knows(self, value: str) -> bool:
        """Tell whether a value is the id or the name of some school."""
        return value in self._level or _plain(value) in self._named

    def agree(self, one: pd.Series, other: pd.Series) -> bool:
        """Tell whether two columns may mean the same school in every row, by id or by name."""
        pairs = set(zip(one.fillna(""), other.fillna(""), strict=True))
        return all(self.is_same(a, b) or not (self.knows(a) or self.knows(b)) for a, b in pairs)

    def is_same(self, one: str, other: str) -> bool:
        """Tell whether two values, ids or names, may mean the same school."""
        return bool(set(self._find(one, "")) & set(self._find(other, "")))

    def match(
        self, values: pd.Series, levels: Sequence[str], file: str, faults: list[Fault]
    ) -> pd.Series:
        """Return the id of the school each value means, None where empty or unknown.

        Parameters
        ----------
        values : Series of str or None
        levels : sequence of str
            Level of each row, which tells schools of the same name apart; empty where unknown.
        file : str
        faults : list of Fault
            Grows where values are no school, or several.
        """
        pairs = pd.DataFrame({"value": values.to_numpy(dtype=object), "level": list(levels)})
        meaning: dict[tuple[str, str], str | None] = {}
        unknown: list[str] = []
        several: list[str] = []
        for value, level in (
            pairs.dropna(subset=["value"]).drop_duplicates().itertuples(index=False)
        ):
            found = self._find(value, level)
            meaning[value, level] = found[0] if len(found) == 1 else None
            if not found:
                unknown.append(value)
            elif len(found) > 1:
                several.append(value)
        faults += self._faults(unknown, several, file)
        keys = zip(pairs["value"], pairs["level"], strict=True)
        return pd.Series([meaning.get(key) for key in keys], index=values.index, dtype=object)

    def _find(self, value: str, level: str) -> list[str]:
        if value in self._level:
            return [value]
        named = self._named.get(_plain(value), [])
        here = [key for key in named if self._level[key] == level]
        return here or named

    def _faults(self, unknown: list[str], several: list[str], file: str) -> list[Fault]:
        faults = []
        missing = unmatched_fault(
            unknown,
            self._level,
            file=file,
            other=self.label,
            what="schools (neither id nor name)",
            why="the blocks assigned to them would belong to no school",
            make=fatal,
        )
        if missing is not None:
            faults.append(missing)
        if several:
            faults.append(
                fatal(
                    "school_ambiguous",
                    file,
                    f"{counted(len(several), 'name is', 'names are')} borne by several schools",
                    rows=several,
                    why="it is not known which of them a block is assigned to",
                    do="use ids, or map each name to an id with values",
                )
            )
        return faults


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
