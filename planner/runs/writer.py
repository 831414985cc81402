"""From a solution to the files of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.layers import plan_layers
from planner.plan import write_plan
from planner.problem.events import apply_events
from planner.progress import JsonLinesProgress, Progress
from planner.runs.folder import stage_folder
from planner.runs.record import Solved, file_digest, json_text, make_record
from planner.runs.tables import COLUMNS, RECORD

if TYPE_CHECKING:
    from planner.evaluation import Evaluation

__all__ = ["findings_table", "stage_run", "write_files", "write_run"]


def stage_run(folder: Path, *, overwrite: bool = False) -> AbstractContextManager[Path]:
    """Stage a run folder; see `stage_folder`."""
    return stage_folder(Path(folder), overwrite=overwrite, mark=RECORD)


def write_run(
    folder: Path,
    solution: Solved,
    evaluation: Evaluation | None,
    *,
    overwrite: bool = False,
    events: Iterable[Progress] = (),
) -> Path:
    """Write a run folder in one go, from a solution at hand.

    Parameters
    ----------
    folder : Path
    solution : Solution, or a plan drawn elsewhere
    evaluation : Evaluation or None
        None where there is no plan.
    overwrite : bool
        Replace a run that is already there.
    events : iterable of Progress
        For progress.jsonl.

    Returns
    -------
    Path
        The folder.
    """
    folder = Path(folder)
    with stage_run(folder, overwrite=overwrite) as staged:
        with JsonLinesProgress(staged / "progress.jsonl") as lines:
            for event in events:
                lines(event)
        write_files(staged, solution, evaluation, folder=folder)
    return folder


def write_files(
    staged: Path,
    solution: Solved,
    evaluation: Evaluation | None,
    *,
    folder: Path,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write every file of a run except its progress into a staged folder.

    Parameters
    ----------
    staged : Path
        From `stage_run`.
    solution : Solution, or a plan drawn elsewhere
    evaluation : Evaluation or None
        None where there is no plan.
    folder : Path
        Where the run will be, for paths relative to it.
    more : mapping, optional
        What else the record should say, such as the rules in conflict.

    Returns
    -------
    dict
        The record, as in run.json.
    """
    record = make_record(solution, folder) | dict(more or {})
    if solution.plan is not None and evaluation is not None:
        record["ledger"] = evaluation.ledger.to_dict()
        record["notes"] += evaluation.notes
        record["unchecked"] = list(evaluation.unchecked)
        write_plan(solution.plan, staged / "plan.csv", solution.district.levels)
        _write_tables(staged, evaluation)
        if solution.district.geometry is None:
            record["notes"].append("plan.gpkg is left out: the district has no geometry")
        else:
            schools = apply_events(solution.district, solution.scenario.events).schools
            for layer, frame in plan_layers(solution.district, solution.plan, schools).items():
                frame.to_file(staged / "plan.gpkg", layer=layer, driver="GPKG")
    record["files"] = {path.name: file_digest(path) for path in sorted(staged.glob("*.csv"))}
    (staged / RECORD).write_text(json_text(record, indent=2) + "\n", encoding="utf-8")
    return record


def _write_tables(staged: Path, evaluation: Evaluation) -> None:
    tables = {
        "metrics.csv": evaluation.metrics,
        "rules.csv": findings_table(evaluation),
        "moves.csv": evaluation.moves,
    }
    for name, table in tables.items():
        table[COLUMNS[name]].to_csv(
            staged / name, index=False, lineterminator="\n", encoding="utf-8"
        )


def findings_table(evaluation: Evaluation) -> pd.DataFrame:
    """Return the findings as rows of rules.csv; ids in `where` are joined by "; "."""
    rows = [
        {
            "rule": finding.rule,
            "ok": "yes" if finding.ok else "no",
            "measured": finding.measured,
            "limit": finding.limit,
            "unit": finding.unit,
            "where": "; ".join(finding.where),
            "sentence": finding.sentence,
            "level": finding.level,
            "side": finding.side,
            "school": finding.school,
        }
        for finding in evaluation.findings
    ]
    return pd.DataFrame(rows, columns=COLUMNS["rules.csv"])
