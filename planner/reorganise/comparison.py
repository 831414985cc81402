"""Every option of a structures file in one table, on the same students and measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geodata import load_district
from planner.errors import PlannerError, UnservedGradeError, together
from planner.ledger import Ledger
from planner.metrics.separate_but_equal import separate_but_equal
from planner.plain import plain_rows
from planner.reorganise.comparison_files import MARK, plan_file, write_comparison
from planner.reorganise.file import StructuresFile, load_structures
from planner.reorganise.find import find
from planner.reorganise.redrawn import refuse_scenarios
from planner.reorganise.study import Result, Study
from planner.reorganise.uses import open_study_ledger
from planner.reorganise.words import comparison_text
from planner.runs.folder import stage_folder
from planner.structures.ageing import second_sites
from planner.structures.measure import (
    MEASURE_COLUMNS,
    measure_arrangement,
    measure_integration,
)

__all__ = ["Comparison", "compare_options", "compare_structures"]


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
    today : DataFrame
        Integration under today's plan, whether an option equals it or not: `measure`, `group`,
        `value`, `unit`, `note`; empty where today's plan leaves students without a school.
    ledger : Ledger
        Which counts of people decided.
    refused : mapping of option to PlannerError
        Options that cannot be meant or have no plan, and why.
    stopped : tuple of str
        Options that were not worked out, because somebody stopped the comparison.
    """

    study: Study
    results: tuple[Result, ...]
    table: pd.DataFrame
    capacity: pd.DataFrame
    sites: pd.DataFrame
    picture: pd.DataFrame
    today: pd.DataFrame
    ledger: Ledger
    refused: Mapping[str, PlannerError] = field(default_factory=dict)
    stopped: tuple[str, ...] = ()

    @property
    def file(self) -> StructuresFile:
        """The structures file."""
        return self.study.file

    def value(self, option: str, measure: str, group: str = "") -> float:
        """Return one number of the table; NaN where there is none."""
        return _value(self.table[self.table["option"] == option], measure, group)

    def separated(self, option: str) -> tuple[str, ...]:
        """Return what an option separates more than today while the parity gap shrinks."""
        watched = {
            f"{measure} {group}": (
                _value(self.today, measure, group),
                self.value(option, measure, group),
            )
            for measure in ("dissimilarity", "isolation_above_composition")
            for group in self._groups(measure)
        }
        gap = (_value(self.today, "parity_gap"), self.value(option, "parity_gap"))
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
                "plan_id": self.study.plan_of(result).digest(self.study.district.levels),
                "spans": result.arrangement.spans(),
                "separate_but_equal": list(self.separated(result.name)),
            }
            for number, result in enumerate(self.results, start=1)
        ]
        picture = plain_rows(self.picture)
        return {
            "title": self.file.title,
            "options": options,
            "refused": [
                {
                    "option": name,
                    "kind": type(error).__name__,
                    "what": error.what,
                    "why": error.why,
                    "remedy": error.remedy,
                }
                for name, error in self.refused.items()
            ],
            "not_worked_out": list(self.stopped),
            "picture": picture,
            "ledger": self.ledger.to_dict(),
        }

    def text(self) -> str:
        """Return the comparison as plain text, with caveats, for a terminal or a file."""
        flags = {r.name: self.separated(r.name) for r in self.results}
        text = comparison_text(
            self.study, self.results, self.table, self.sites, flags=flags, ledger=self.ledger
        )
        if self.today.empty:
            text += (
                "\nSeparate but equal: not judged; today's plan leaves students without a school"
            )
        text += "".join(f"\nNOT WORKED OUT: {n}: {error}" for n, error in self.refused.items())
        if self.stopped:
            text += f"\nStopped before it was worked out: {', '.join(self.stopped)}"
        return text

    def _groups(self, measure: str) -> list[str]:
        rows = self.table.loc[self.table["measure"] == measure, "group"]
        return sorted(set(rows) - {""})


def compare_structures(
    path: str | Path,
    out: str | Path,
    *,
    overwrite: bool = False,
    tell: Callable[[str], None] | None = None,
    draw: Callable[[Comparison, Path], None] | None = None,
) -> Comparison:
    """Work out every option of a structures file and write what came out.

    Ctrl-C ends it early: the options that were finished are written.  An option that has no plan
    is named with the reason, and the others are compared.

    Parameters
    ----------
    path : path
        The structures file (TOML).
    out : path
        Folder to write: ``comparison.csv``, ``picture.csv``, ``capacity.csv``, ``sites.csv``,
        ``options.json``, ``summary.txt``, ``plans/01.csv`` … in the order of the
        options.
    overwrite : bool
        Replace an earlier comparison.
    tell : function of a sentence, optional
        Hears what is being done.
    draw : function of a comparison and a folder, optional
        Adds pictures to the folder.

    Returns
    -------
    Comparison

    Raises
    ------
    PlannerError
        Where a scenario of any option cannot be used, or no option could be worked out.
    """
    file = load_structures(path)
    district = load_district(file.path(file.district))
    with stage_folder(Path(out), overwrite=overwrite, mark=MARK) as folder:
        comparison = compare_options(Study.of(file, district), tell=tell)
        write_comparison(comparison, folder)
        if draw is not None:
            draw(comparison, folder)
    return comparison


def compare_options(study: Study, *, tell: Callable[[str], None] | None = None) -> Comparison:
    """Work out every option of a study and measure it.

    Ctrl-C ends it early; before the first option is finished it goes on as `KeyboardInterrupt`.
    """
    refuse_scenarios(study)
    results: dict[str, Result] = {}
    refused: dict[str, PlannerError] = {}
    tables: list[tuple[pd.DataFrame, ...]] = []
    ledger, today = open_study_ledger(study), _today(study)
    try:
        for option in study.file.option:
            if tell is not None:
                tell(f"{option.name} ({option.kind})")
            try:
                result = find(option, study, results)
            except PlannerError as error:
                refused[option.name] = error
                continue
            tables.append(tuple(t.assign(option=option.name) for t in _measured(result, study)))
            results[option.name] = result
    except KeyboardInterrupt:
        if not results:
            raise
    if not results:
        raise together(refused)
    rows, capacities, sites = (list(each) for each in zip(*tables[: len(results)], strict=True))
    table = _joined(rows, ["option", *MEASURE_COLUMNS])
    return Comparison(
        study=study,
        results=tuple(results.values()),
        table=table,
        capacity=_joined(capacities),
        sites=_joined(sites),
        picture=_picture(study, results, table),
        today=today,
        ledger=ledger,
        refused=refused,
        stopped=tuple(o.name for o in study.file.option if o.name not in {*results, *refused}),
    )


def _measured(result: Result, study: Study) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return measures, seats by year and second sites of one option."""
    setting, arrangement = study.setting, result.arrangement
    rows = measure_arrangement(arrangement, setting)
    counts = {name: setting.residents.measure(name) for name in study.measures}
    value = study.aim.of({name: arrangement.tally(count) for name, count in counts.items()})
    unknown = setting.residents.unknown_note(*counts) if np.isnan(value) else ""
    note = ": ".join(filter(None, (study.file.aim, unknown)))
    aim = pd.DataFrame([("aim", "", value, study.aim.unit, note)], columns=MEASURE_COLUMNS)
    rows = pd.concat([aim, rows], ignore_index=True)
    full = setting.capacity(arrangement)
    return rows, full, second_sites(arrangement, full, setting.buildings, setting.others)


def _today(study: Study) -> pd.DataFrame:
    """Measure today's plan, which every option is judged against."""
    base, setting = study.setting.base, study.setting
    try:
        base.require_served(setting.residents.students)
    except UnservedGradeError:
        return pd.DataFrame(columns=MEASURE_COLUMNS)
    return measure_integration(base, setting)


def _value(rows: pd.DataFrame, measure: str, group: str = "") -> float:
    at = (rows["measure"] == measure) & (rows["group"] == group)
    return float(rows.loc[at, "value"].iloc[0]) if at.any() else float("nan")


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
