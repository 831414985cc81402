"""The counts of a level that rules and objectives may name.

``poor`` students, ``group:<name>`` for each group counted, and for each of them the complement
``not:<measure>``: all other students of the level.  A count that is unknown in some block with
students is not offered; the reason is kept, so that a rule that needs it can say why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from geodata.dtypes import Floats
from geodata.errors import counted, listed
from planner.errors import ModelError

if TYPE_CHECKING:
    from geodata import District

__all__ = ["Lack", "complement", "count_measures", "count_students"]


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a count cannot be given.

    Parameters
    ----------
    kind : {"uncounted", "incomplete"}
        Nobody counts it, or it is unknown in some blocks with students.
    text : str
        The same in words.
    """

    kind: Literal["uncounted", "incomplete"]
    text: str


def complement(measure: str) -> str:
    """Return the measure of all other students: ``not:poor`` of ``poor`` and back."""
    return measure.removeprefix("not:") if measure.startswith("not:") else f"not:{measure}"


def count_students(district: District, level: str) -> Floats:
    """Return the students of a level in each block, (n,) [students].

    Raises
    ------
    ModelError
        If some are unknown: unknown is not zero.
    """
    students = np.asarray(district.students.count(level=level), dtype=float)
    unknown = np.isnan(students)
    if unknown.any():
        raise ModelError(
            f"level {level!r}: the number of students is unknown in {_blocks(district, unknown)}",
            "zone sizes cannot be counted without them, and unknown is not zero",
            "fill in its counts of students; write 0 where nobody lives",
        )
    return students


def count_measures(
    district: District, level: str, students: Floats
) -> tuple[dict[str, Floats], dict[str, Lack]]:
    """Return the measures of a level, and why others cannot be given.

    Parameters
    ----------
    district : District
    level : str
    students : (n,) float64 [students]

    Returns
    -------
    measures : mapping of name to (n,) float64 [students]
    unavailable : mapping of name to Lack
    """
    counts = district.students
    wanted: dict[str, tuple[str | None, bool]] = {"poor": (None, True)}
    wanted |= {f"group:{group}": (group, False) for group in counts.groups}
    measures: dict[str, Floats] = {}
    unavailable: dict[str, Lack] = {}
    for name, (group, poor) in wanted.items():
        if not counts.has(level=level, group=group, poor=poor):
            nobody = f"there is no such count for level {level!r}"
            unavailable[name] = Lack("uncounted", nobody)
            continue
        values = np.asarray(counts.count(level=level, group=group, poor=poor), dtype=float)
        unknown = np.isnan(values) & (students > 0)
        if unknown.any():
            where = f"it is unknown in {_blocks(district, unknown)}"
            unavailable[name] = Lack("incomplete", where)
            continue
        measures[name] = np.where(students > 0, np.nan_to_num(values), 0.0)
        measures[complement(name)] = students - measures[name]
    return measures, unavailable


def _blocks(district: District, chosen: np.ndarray) -> str:
    ids = district.blocks.index[chosen]
    return f"{counted(len(ids), 'block')} ({listed(ids)})"
