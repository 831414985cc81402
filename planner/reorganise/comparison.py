"""Every option of a structures file in one table, on the same pupils and measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geodata import load_district
from planner.metrics.separate_but_equal import separate_but_equal
from planner.plan import write_plan
from planner.reorganise.file import StructuresFile, load_structures
from planner.reorganise.find import find
from planner.reorganise.study import Result, Study
from planner.reorganise.words import comparison_text
from planner.runs.folder import stage_folder
from planner.runs.record import json_text
from planner.scenario import LEGAL_CAUTION
from planner.structures.ageing import band_capacity, second_sites
from planner.structures.measure import MEASURE_COLUMNS, measure_arrangement

__all__ = ["Comparison", "compare_options", "compare_structures"]

MARK = "comparison.csv"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What became of every option.

    Parameters
    ----------
    study : Study
    results : tuple of Result
        In the order of the file.
    table : DataFrame
        `option`, `measure`, `group`, `value`, `unit`, `note`.
    capacity : DataFrame
        `option` and the columns of `planner.structures.ageing.band_capacity`.
    sites : DataFrame
        `option` and the columns of `planner.structures.ageing.second_sites`.
    picture : DataFrame
        One row an option, for one chart of benefit against cost: `option`, `kind`, `status`,
        `aim` (name), `aim_value`, `aim_unit`, `travel_mean_m` [m], `transitions` [changes],
        `students_moved` [students], `drop_off_round_m` [m].
    """

    study: Study
    results: tuple[Result, ...]
    table: pd.DataFrame
    capacity: pd.DataFrame
    sites: pd.DataFrame
    picture: pd.DataFrame

    @property
    def file(self) -> StructuresFile:
        """The structures file."""
        return self.study.file

    def value(self, option: str, measure: str, group: str = "") -> float:
        """Return one number of the table; NaN where there is none."""
        rows = self.table
        at = (rows["option"] == option) & (rows["measure"] == measure) & (rows["group"] == group)
        return float(rows.loc[at, "value"].iloc[0]) if at.any() else float("nan")

    def separated(self, option: str) -> tuple[str, ...]:
        """Return what an option separates more than today while poverty becomes more equal."""
        today = self._today()
        if today is None or option == today:
            return ()
        watched = {
            f"{measure} {group}": (
                self.value(today, measure, group),
                self.value(option, measure, group),
            )
            for measure in ("dissimilarity", "isolation_above_composition")
            for group in self._groups(measure)
        }
        gap = (self.value(today, "parity_gap"), self.value(option, "parity_gap"))
        return separate_but_equal(gap, watched)

    def to_dict(self) -> dict[str, Any]:
        """Return options and picture as plain values; unknown numbers are None."""
        options = [
            {
                "option": result.name,
                "kind": result.kind,
                "status": result.status,
                "sentence": result.sentence,
                "seconds": round(result.seconds, 2),
                "plan": plan_file(number),
                "plan_id": result.arrangement.plan(self.study.setting.pupils.level_of).digest(),
                "spans": result.arrangement.spans(),
                "separate_but_equal": list(self.separated(result.name)),
            }
            for number, result in enumerate(self.results, start=1)
        ]
        known = self.picture.astype(object).where(self.picture.notna(), None)
        picture = known.to_dict("records")
        return {"title": self.file.title, "options": options, "picture": picture}

    def text(self) -> str:
        """Return the comparison as plain text, with caveats, for a terminal or a file."""
        flags = {r.name: self.separated(r.name) for r in self.results}
        caution = LEGAL_CAUTION if self.study.aim.uses_race else ""
        return comparison_text(
            self.study, self.results, self.table, self.sites, flags=flags, caution=caution
        )

    def _today(self) -> str | None:
        """Return the option that is today's arrangement, if one is."""
        base = self.study.setting.base.school_of
        same = (r.name for r in self.results if (r.arrangement.school_of == base).all())
        return next(same, None)

    def _groups(self, measure: str) -> list[str]:
        rows = self.table.loc[self.table["measure"] == measure, "group"]
        return sorted(set(rows) - {""})


def compare_structures(
    path: str | Path,
    out: str | Path,
    *,
    overwrite: bool = False,
    tell: Callable[[str], None] | None = None,
) -> Comparison:
    """Work out every option of a structures file and write what came out.

    Parameters
    ----------
    path : path
        The structures file (TOML).
    out : path
        Folder to write: ``comparison.csv``, ``picture.csv``, ``capacity.csv``, ``sites.csv``,
        ``options.json``, ``summary.txt``, ``plans/<option>.csv``.
    overwrite : bool
        Replace an earlier comparison.
    tell : function of a sentence, optional
        Hears what is being done.

    Returns
    -------
    Comparison
    """
    file = load_structures(path)
    district = load_district(file.path(file.district))
    with stage_folder(Path(out), overwrite=overwrite, mark=MARK) as folder:
        comparison = compare_options(Study.of(file, district, folder), tell=tell)
        _write(comparison, folder)
    return comparison


def compare_options(study: Study, *, tell: Callable[[str], None] | None = None) -> Comparison:
    """Work out every option of a study and measure it."""
    results: dict[str, Result] = {}
    tables: list[pd.DataFrame] = []
    capacities: list[pd.DataFrame] = []
    sites: list[pd.DataFrame] = []
    for option in study.file.option:
        if tell is not None:
            tell(f"{option.name} ({option.kind})")
        result = find(option, study, results)
        results[option.name] = result
        setting = study.setting
        rows = measure_arrangement(result.arrangement, setting)
        value = study.aim.of(
            {m: result.arrangement.tally(setting.pupils.measure(m)) for m in study.aim.measures}
        )
        aim = pd.DataFrame(
            [("aim", "", value, study.aim.unit, study.file.aim)], columns=MEASURE_COLUMNS
        )
        rows = pd.concat([aim, rows], ignore_index=True)
        full = band_capacity(
            result.arrangement, setting.pupils.students, setting.buildings, setting.ageing
        )
        elsewhere = second_sites(result.arrangement, full, setting.buildings)
        for table, collected in ((rows, tables), (full, capacities), (elsewhere, sites)):
            collected.append(table.assign(option=option.name))
    table = _joined(tables, ["option", *MEASURE_COLUMNS])
    return Comparison(
        study,
        tuple(results.values()),
        table,
        _joined(capacities),
        _joined(sites),
        _picture(study, results, table),
    )


def _joined(tables: list[pd.DataFrame], columns: list[str] | None = None) -> pd.DataFrame:
    filled = [table for table in tables if len(table)] or tables[:1]
    whole = pd.concat(filled, ignore_index=True)
    order = columns or ["option", *(c for c in whole.columns if c != "option")]
    return whole[order]


def _picture(study: Study, results: dict[str, Result], table: pd.DataFrame) -> pd.DataFrame:
    everybody = table[table["group"] == ""].drop_duplicates(["option", "measure"])
    wide = everybody.pivot(index="option", columns="measure", values="value")
    rows = []
    for name, result in results.items():
        at = wide.loc[name]
        rows.append(
            {
                "option": name,
                "kind": result.kind,
                "status": result.status,
                "aim": study.file.aim,
                "aim_value": at["aim"],
                "aim_unit": study.aim.unit,
                "travel_mean_m": at["travel_mean"],
                "transitions": at["transitions"],
                "students_moved": at["students_moved"],
                "drop_off_round_m": at["drop_off_round"],
            }
        )
    return pd.DataFrame(rows)


def _write(comparison: Comparison, folder: Path) -> None:
    for name in ("picture", "capacity", "sites"):
        getattr(comparison, name).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "plans").mkdir()
    for number, result in enumerate(comparison.results, start=1):
        plan = result.arrangement.plan(comparison.study.setting.pupils.level_of)
        write_plan(plan, folder / plan_file(number))
    text = json_text(comparison.to_dict(), indent=2)
    (folder / "options.json").write_text(text + "\n", encoding="utf-8")
    (folder / "summary.txt").write_text(comparison.text() + "\n", encoding="utf-8")
    comparison.table.to_csv(folder / MARK, index=False, lineterminator="\n")


def plan_file(number: int) -> str:
    """Return the name of an option's plan in the folder of a comparison."""
    return f"plans/{number:02d}.csv"
