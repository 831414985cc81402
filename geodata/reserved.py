"""Names that cannot be taken, because tables and file names use them for something else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from geodata.errors import Fault, counted, fatal
from geodata.grades import GRADES

__all__ = [
    "ALL",
    "EVERY",
    "OTHERS",
    "POOR",
    "group_fault",
    "level_fault",
    "reserved_in_id",
    "school_fault",
]

EVERY = "*"
"""Any grade, any group, poor or not, in the columns of the table of counts."""

ALL = "all"
"""All students where a group is named, or everywhere where a place is."""

OTHERS = "others"
"""Everybody outside a group, where one is compared with another."""

POOR = "poor"
"""Poor students, where a group or a measure is named."""

_IN_SCHOOL_IDS = {
    "+": "schools that share a zone are written A+B",
    ">": "students who move are written A>B",
}
_IN_GROUPS = {"|": "two groups that are compared are written a|b"}
_GROUPS = {
    EVERY: "all students",
    ALL: "all students",
    OTHERS: "everybody outside a group",
    POOR: "poor students",
    "students": "all students",
}
_LEVEL = re.compile(r'[^\s./\\:*?"<>|][^/\\:*?"<>|\x00-\x1f]*')


def reserved_in_id(school: str) -> str:
    """Return the characters that the id of a school must not have, empty where it has none."""
    return "".join(mark for mark in _IN_SCHOOL_IDS if mark in school)


def school_fault(ids: Iterable[str], file: str) -> Fault | None:
    """Return the fault of ids of schools that would be read as several schools, or None."""
    wrong = [school for school in ids if reserved_in_id(school)]
    if not wrong:
        return None
    marks = sorted(set().union(*map(reserved_in_id, wrong)))
    example = wrong[0].translate(dict.fromkeys(map(ord, _IN_SCHOOL_IDS))).strip()
    return fatal(
        "id_reserved",
        file,
        f"{' and '.join(map(repr, marks))} in "
        f"{counted(len(wrong), 'id of a school', 'ids of schools')}",
        rows=wrong,
        why=f"{'; '.join(_IN_SCHOOL_IDS[mark] for mark in marks)}: each of them would count as "
        "several schools",
        do=f"name another id column, or map the ids with values, as in {{ column = …, values = "
        f'{{ "{wrong[0]}" = "{example}" }} }}; the same wherever a file names these schools',
    )


def group_fault(names: Iterable[str], file: str) -> Fault | None:
    """Return the fault of names of groups that mean something else already, or None."""
    wrong = {
        name: told
        for name in names
        for told in [_GROUPS.get(name), *(_IN_GROUPS[mark] for mark in _IN_GROUPS if mark in name)]
        if told
    }
    if not wrong:
        return None
    return fatal(
        "group_reserved",
        file,
        f"{counted(len(wrong), 'group has', 'groups have')} a name that means something else",
        rows=wrong,
        why="; ".join(f"{name!r}: {told}" for name, told in wrong.items())
        + ": figures of the two could not be told apart",
        do="give the groups other names; poor students are mapped with poor, not as a group",
    )


def level_fault(levels: Mapping[str, str], file: str) -> Fault | None:
    """Return the fault of names of levels that are grades, or that no file can have alone, or None.

    Parameters
    ----------
    levels : mapping of name to grade span
    file : str
    """
    files = Counter(map(_file_name, levels))
    wrong = [
        name
        for name, span in levels.items()
        if not _LEVEL.fullmatch(name)
        or (name in GRADES and name != span)
        or files[_file_name(name)] > 1
    ]
    if not wrong:
        return None
    return fatal(
        "level_reserved",
        file,
        f"{counted(len(wrong), 'level has', 'levels have')} a name that cannot be used",
        rows=map(repr, wrong),
        why="maps and layers are files with the level in their name, and a grade's name would be "
        "taken for that grade alone",
        do='name levels in letters and digits, such as "elementary": without / \\ : * ? " < > |, '
        "without a dot or a space in front, not like a grade, and not alike but for capitals, "
        "spaces and underscores",
    )


def _file_name(level: str) -> str:
    """Return what is told apart of a level in file names, where capitals may not count."""
    return level.replace(" ", "_").casefold()
