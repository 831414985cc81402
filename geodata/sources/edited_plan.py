"""A plan file that went through a spreadsheet: ids without their zeros, names edited beside ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pandas as pd

from geodata.errors import Fault, counted, fatal, warning
from geodata.sources.cells import as_texts
from geodata.sources.files import RawTable
from geodata.sources.school_keys import SchoolKeys

__all__ = ["SCHOOL_ID", "name_fault", "with_zeros"]

SCHOOL_ID, SCHOOL_NAME = "school_id", "school_name"
LEAST_SHARE = 0.5
"""A column holds names of schools where at least so many of its values are known [share]."""


def with_zeros(
    raw: RawTable, column: str, known: Iterable[str], knows: Callable[[str], bool], what: str
) -> tuple[RawTable, Fault | None]:
    """Return a file with the leading zeros of a column's ids filled in, and a warning.

    Only where every id of the column then is one of the known, and could be no other.

    Parameters
    ----------
    raw : RawTable
    column : str
    known : iterable of str
        All ids there are.
    knows : function
        Whether a value needs no zeros.
    what : str
        What the ids stand for.
    """
    alike: dict[str, list[str]] = {}
    for name in known:
        alike.setdefault(name.lstrip("0"), []).append(name)
    texts = as_texts(raw.frame[column])
    used = list(texts.dropna().unique())
    found = {text: alike.get(text.lstrip("0"), []) for text in used}
    lost = [text for text in used if not knows(text)]
    is_clear = all(len(found[text]) == 1 for text in lost) and all(
        len(names) <= 1 for names in found.values()
    )
    if not lost or not is_clear:
        return raw, None
    meant = {text: found[text][0] for text in lost}
    filled = texts.map(lambda text: meant.get(text, text))
    return replace(raw, frame=raw.frame.assign(**{column: filled})), warning(
        "id_zeros_filled",
        raw.label,
        f"{counted(len(lost), 'id')} of {what} without leading zeros, filled in: "
        f"{lost[0]} was read as {meant[lost[0]]}",
        rows=lost,
        why="a spreadsheet took them for numbers; each fits one id only",
        do="nothing; to keep the zeros, import the column as text",
    )


def name_fault(raw: RawTable, keys: SchoolKeys, asked: str | None) -> Fault | None:
    """Return a fault where the id and the name of a row's school disagree, or None.

    Parameters
    ----------
    raw : RawTable
    keys : SchoolKeys
    asked : str or None
        Column of schools that the user named; the other one is then only warned of.
    """
    frame = raw.frame
    if asked not in {None, SCHOOL_ID, SCHOOL_NAME}:
        return None
    if not {SCHOOL_ID, SCHOOL_NAME} <= set(frame.columns):
        return None
    texts = pd.DataFrame({name: as_texts(frame[name]) for name in (SCHOOL_ID, SCHOOL_NAME)})
    names = texts[SCHOOL_NAME].dropna().unique()
    if not len(names) or sum(map(keys.knows, names)) < LEAST_SHARE * len(names):
        return None
    both = texts.dropna()
    wrong = both[[not keys.is_same(one, other) for one, other in both.to_numpy()]]
    if wrong.empty:
        return None
    first = wrong.iloc[0]
    return (warning if asked else fatal)(
        "school_disagrees",
        raw.label,
        f"{counted(len(wrong), 'row names', 'rows name')} one school by {SCHOOL_ID} and another "
        f"by {SCHOOL_NAME}, such as {first[SCHOOL_ID]} and {first[SCHOOL_NAME]!r}",
        rows=[f"row {int(row) + raw.header + 1}" for row in wrong.index],
        why=f"only {asked} is read, as asked" if asked else "it is not known which was edited",
        do="nothing where that is meant"
        if asked
        else f"change both, or say --school-column: {SCHOOL_ID} or {SCHOOL_NAME}",
    )
