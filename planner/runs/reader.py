"""From the files of a run back to its plan and tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from planner.errors import PlanError, RunError
from planner.plan import Plan, read_plan
from planner.runs.record import REQUIRED, file_digest
from planner.runs.tables import ADDED, COLUMNS, NUMBERS, RECORD

__all__ = ["Run", "read_run"]

_AGAIN = "solve again into a new folder"


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder, read back.

    Parameters
    ----------
    folder : Path
    record : dict
        What run.json says.
    plan : Plan or None
        None where the solve ended without one.
    metrics, rules, moves : DataFrame
        As in the files of those names, `ok` as bool; empty without a plan.
    """

    folder: Path
    record: Mapping[str, Any]
    plan: Plan | None
    metrics: pd.DataFrame
    rules: pd.DataFrame
    moves: pd.DataFrame

    @property
    def plan_id(self) -> str:
        """Digest of inputs, scenario and plan."""
        return str(self.record["plan_id"])

    @property
    def status(self) -> str:
        """How sure the solve was."""
        return str(self.record["status"])

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return str(self.record.get("title", ""))

    @property
    def scenario(self) -> Mapping[str, Any]:
        """What was asked, by the keys of a scenario file; empty for a plan that was only scored."""
        asked = self.record.get("scenario")
        return asked if isinstance(asked, Mapping) else {}

    def need_plan(self, why: str, remedy: str) -> Plan:
        """Return the plan.

        Raises
        ------
        RunError
            Where the solve ended without one, with why it matters and what to do.
        """
        if self.plan is None:
            raise RunError(f"{self.folder} holds no plan (status {self.status})", why, remedy)
        return self.plan

    def input_path(self, which: Literal["district", "scenario", "start"]) -> Path:
        """Return where the district, scenario or start plan's file of this run is now.

        Raises
        ------
        RunError
            Where it is neither beside the run as it was, nor at its old place.
        """
        places = self.record.get("paths", {}).get(which, {})
        candidates = [Path(places[kind]) for kind in ("relative", "absolute") if kind in places]
        for place in candidates:
            if (self.folder / place).is_file():
                return (self.folder / place).resolve()
        raise RunError(
            f"{self.folder}: the {which} file of this run is no longer at "
            f"{places.get('absolute', 'a recorded place')}",
            "the run can be read, but neither drawn nor solved again",
            "put the file back, or solve again from its new place",
        )


def read_run(folder: Path) -> Run:
    """Read a run folder and make sure that it is whole.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Run

    Raises
    ------
    RunError
        Where the folder is missing, is no run, or one of its files is missing or was changed.
    """
    folder = Path(folder)
    record = _read_record(folder)
    files = record["files"]
    _refuse_damage(folder, files)
    tables = {name: _read_table(folder / name, name in files) for name in COLUMNS}
    rules = tables["rules.csv"]
    return Run(
        folder=folder,
        record=record,
        plan=_read_plan(folder / "plan.csv") if "plan.csv" in files else None,
        metrics=tables["metrics.csv"],
        rules=rules.assign(ok=rules["ok"] == "yes"),
        moves=tables["moves.csv"],
    )


def _read_record(folder: Path) -> dict[str, Any]:
    path = folder / RECORD
    if not path.is_file():
        raise RunError(
            f"{folder} is not a run: there is no {RECORD} in it",
            "a run is the folder that 'planner solve --out' writes",
            "check the path",
        )
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunError(f"{path} is damaged: {error}", "", _AGAIN) from error
    missing = [key for key in REQUIRED if not isinstance(record, dict) or key not in record]
    if missing:
        raise RunError(f"{path} is damaged: it does not say {', '.join(missing)}", "", _AGAIN)
    return dict(record)


def _refuse_damage(folder: Path, files: Mapping[str, str]) -> None:
    faults = []
    for name, digest in files.items():
        path = folder / name
        if not path.is_file():
            faults.append(f"{name} is missing")
        elif file_digest(path) != digest:
            faults.append(f"{name} was changed after it was written")
    if files and (gone := {"plan.csv", *COLUMNS} - set(files)):
        faults.append(f"{RECORD} does not know {', '.join(sorted(gone))}")
    if faults:
        raise RunError(
            f"{folder} is damaged: {'; '.join(faults)}",
            "its numbers would no longer be those of its plan",
            "put the original files back (edit copies of them), or " + _AGAIN,
        )


def _read_table(path: Path, is_there: bool) -> pd.DataFrame:
    columns = COLUMNS[path.name]
    if not is_there:
        return pd.DataFrame(columns=columns)
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    added = ADDED.get(path.name, [])
    if added and list(table.columns) == columns[: -len(added)]:
        table = table.assign(**dict.fromkeys(added, ""))
    if list(table.columns) != columns:
        raise RunError(
            f"{path} has the columns {', '.join(table.columns)}; expected {', '.join(columns)}",
            "",
            _AGAIN,
        )
    for name in NUMBERS[path.name]:
        table[name] = pd.to_numeric(table[name].replace("", None)).astype(float)
    return table


def _read_plan(path: Path) -> Plan:
    try:
        return read_plan(path)
    except PlanError as error:
        raise RunError(f"{path} is damaged: {error.what}", error.why, _AGAIN) from error
