"""A comparison in plain text: one column an option, one row a measure."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geodata.errors import counted
from geodata.grades import GRADES
from planner.structures.arrangement import grade_runs

if TYPE_CHECKING:
    from planner.ledger import Ledger
    from planner.reorganise.study import Result, Study

__all__ = ["comparison_text"]

NARROWEST = 12
NO_VALUE = "–"
MOST_SPANS = 16  # schools listed with their grades
MOST_GROUPS = 3  # groups compared in the text; the table has all
BETWEEN = ("dissimilarity", "dissimilarity_pooled", "dissimilarity_random", "exposure",
           "exposure_random")  # fmt: skip
MOST_OVERFLOWS = 3  # buildings listed for an option; the files have all
# measure, words, factor, decimals, unit shown; "*" after a measure: one row a group
ROWS: tuple[tuple[str, str, float, int, str], ...] = (
    ("dissimilarity*", "Dissimilarity, within grades", 1, 3, ""),
    ("dissimilarity_pooled*", "  the same with grades pooled", 1, 3, ""),
    ("dissimilarity_random*", "  within grades, by chance alone", 1, 3, ""),
    ("isolation*", "Isolation: own group met by", 1, 3, ""),
    ("isolation_random*", "  by chance alone", 1, 3, ""),
    ("exposure*", "Exposure", 1, 3, ""),
    ("exposure_random*", "  by chance alone", 1, 3, ""),
    ("poverty_exposure*", "Exposure to poverty", 100, 1, "%"),
    ("parity_gap", "Largest gap in exposure to poverty", 100, 1, "points"),
    ("parity_gap_at_most", "  proven at most: twice the spread", 100, 1, "points"),
    ("parity_gap_at_most_by_evenness", "  proven at most: by evenness", 100, 1, "points"),
    ("transitions", "Changes of building", 1, 2, ""),
    ("years_per_building", "Years in one building", 1, 2, "years"),
    ("cohort_kept_together", "Cohort kept together at a change", 100, 0, "%"),
    ("siblings_together*", "Siblings in one building", 100, 0, "%"),
    ("buildings_per_family", "Buildings a two-child family", 1, 2, ""),
    ("drop_off_round", "Morning round of such a family", 0.001, 2, "km"),
    ("travel_mean*", "Way to school, mean", 0.001, 2, "km"),
    ("travel_p90", "  nine of ten at most", 0.001, 2, "km"),
    ("walkers_lost", "Walkers lost", 1, 0, "students"),
    ("students_moved", "Students in another building than today", 1, 0, "students"),
    ("sections", "Sections needed", 1, 0, ""),
    ("class_spread", "Class sizes apart, widest grade", 1, 1, "students"),
    ("fullest*", "Fullest building", 100, 0, "% of seats"),
    ("emptiest*", "Emptiest building", 100, 0, "% of seats"),
)


def comparison_text(
    study: Study,
    results: Sequence[Result],
    table: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    flags: Mapping[str, Sequence[str]],
    ledger: Ledger,
) -> str:
    """Write a comparison as text.

    Parameters
    ----------
    study : Study
    results : sequence of Result
    table : DataFrame
        As `Comparison.table`.
    sites : DataFrame
        Overflowing bands.
    flags : mapping of option to what is separated more
    ledger : Ledger
        Which counts decided; its legal caution is printed where race did.
    """
    names = [result.name for result in results]
    lines = [study.file.title, f"District: {study.district.name}", ""]
    lines += [f"Aim of every option: {study.file.aim} ({', '.join(study.aim.components)})", ""]
    lines += ["How each option was made"]
    for result in results:
        lines.append(
            f"- {result.name} [{result.status}, {result.seconds:.1f} s]: {result.sentence}"
        )
        spans = "; ".join(f"{school} {span}" for school, span in result.arrangement.spans().items())
        if len(result.arrangement.spans()) <= MOST_SPANS:
            lines.append(f"    {spans}")
        if told := _broken(result, study):
            lines.append(f"    not one span of grades: {', '.join(told)}")
    lines += ["", *_table(names, _told(table, study), study.aim.unit), ""]
    lines += _overflow(sites)
    lines += _flag_lines(flags)
    lines += _missing(table)
    notes = (*study.setting.residents.notes, study.setting.others_note())
    lines += [f"Note: {note}" for note in notes if note]
    lines += [f"Note: way to school is {study.district.travel.method}; "
              f"{study.setting.ageing.sentence()}."]  # fmt: skip
    lines += ["", "Counts of people: which decided and which were only watched"]
    lines += [f"- {sentence}" for sentence in ledger.sentences()]
    if study.file.caveats:
        lines += ["", "What must not be concluded"]
        lines += [f"- {caveat}" for caveat in study.file.caveats]
    return "\n".join(lines)


def _broken(result: Result, study: Study) -> list[str]:
    """Say which buildings of an option teach grades with a gap between them."""
    there, buildings = result.arrangement, study.setting.buildings
    told = []
    for s, (building, served) in enumerate(zip(buildings.all, there.serves(), strict=True)):
        if buildings.runs(s, there.grades, served) > 1:
            taught = [*np.array(there.grades)[served], *building.beside]
            every = [grade in taught for grade in GRADES]
            told.append(f"{building.school_id} ({', '.join(grade_runs(GRADES, np.array(every)))})")
    return told


def _table(names: Sequence[str], table: pd.DataFrame, unit: str) -> list[str]:
    keyed = table.drop_duplicates(["option", "measure", "group"])
    values = keyed.set_index(["measure", "group", "option"])["value"]

    def cells(measure: str, group: str, factor: float, decimals: int) -> list[str]:
        row = (values.get((measure, group, name), np.nan) for name in names)
        return [_cell(value * factor, decimals) for value in row]

    lines = [(f"The aim [{unit}]", cells("aim", "", 1, 3))]
    for measure, words, factor, decimals, shown in ROWS:
        key = measure.rstrip("*")
        groups = _groups(table, key) if measure.endswith("*") else [""]
        for group in groups:
            label = " ".join(part for part in (words, f"({group})" if group else "") if part)
            label += f" [{shown}]" if shown else ""
            lines.append((label, cells(key, group, factor, decimals)))
    first = max(len(label) for label, _ in lines)
    width = max(NARROWEST, *(len(name) + 2 for name in names))
    told = [
        label.ljust(first) + "".join(cell.rjust(width) for cell in row)
        for label, row in [("", list(names)), *lines]
    ]
    return [told[0], "-" * len(told[0]), *told[1:]]


def _groups(table: pd.DataFrame, measure: str) -> list[str]:
    return list(dict.fromkeys(table.loc[table["measure"] == measure, "group"]))


def _cell(value: float, decimals: int) -> str:
    if np.isnan(value):
        return NO_VALUE
    cell = f"{value + 0.0:,.{decimals}f}"
    return cell if cell.strip("-0.,") else cell.lstrip("-")


def _told(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Leave out comparisons of groups that neither the aim nor their size puts first."""
    sizes = {name: float(np.nansum(n)) for name, n in study.setting.residents.groups.items()}
    largest = sorted(sizes, key=lambda name: (-sizes[name], name))[:MOST_GROUPS]
    shown = permutations(study.file.groups or largest, 2)
    pairs = [f"{a}{joint}{b}" for a, b in shown for joint in (" - ", " to ")]
    return table[~table["measure"].isin(BETWEEN) | table["group"].isin(pairs)]


def _overflow(sites: pd.DataFrame) -> list[str]:
    lines = []
    for option, rows in sites.groupby("option", sort=False):
        worst = rows.sort_values("over", ascending=False, kind="stable")
        listed = worst[:MOST_OVERFLOWS].to_dict("records")
        lines += [f"Overflow: {option}: {_one(row)}" for row in listed]
        if len(rows) > MOST_OVERFLOWS:
            lines.append(f"Overflow: {option}: and {len(rows) - MOST_OVERFLOWS} more")
    return [*lines, ""] if lines else []


def _one(row: Mapping[Hashable, Any]) -> str:
    elsewhere = (
        f"{row['site']} is fit for these grades and has {counted(round(row['spare']), 'seat')} to "
        "spare"
        if row["site"]
        else "no other building fit for these grades is known to have seats to spare"
    )
    when = "today" if row["year"] == 0 else f"in year {row['year']:.0f}"
    over = f"{counted(round(row['over']), 'student')} over its seats {when}"
    return f"{row['school_id']} ({row['grades']}) is {over}; {elsewhere}"


def _flag_lines(flags: Mapping[str, Sequence[str]]) -> list[str]:
    lines = [
        f"SEPARATE BUT EQUAL: {name}: the gap between groups in the poverty of their schools "
        f"shrinks, while these rise: {', '.join(what)}"
        for name, what in flags.items()
        if what
    ]
    return [*lines, ""] if lines else []


def _missing(table: pd.DataFrame) -> list[str]:
    """Say once for each measure without a value why it has none."""
    gone = table[table["value"].isna() & (table["note"] != "")]
    said = dict.fromkeys(zip(gone["measure"], gone["note"], strict=True))
    return [f"Not measured: {measure}: {note}" for measure, note in said]
