"""The files of a comparison."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from planner.plan import write_plan
from planner.runs.record import json_text

if TYPE_CHECKING:
    from planner.reorganise.comparison import Comparison

__all__ = ["MARK", "plan_file", "write_comparison"]

MARK = "comparison.csv"


def write_comparison(comparison: Comparison, folder: Path) -> None:
    """Write tables, plans and text; the table by which the folder is known comes last."""
    for name in ("picture", "capacity", "sites"):
        getattr(comparison, name).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    (folder / "plans").mkdir()
    for number, result in enumerate(comparison.results, start=1):
        plan = comparison.study.plan_of(result)
        write_plan(plan, folder / plan_file(number), comparison.study.district.levels)
    text = json_text(comparison.to_dict(), indent=2)
    (folder / "options.json").write_text(text + "\n", encoding="utf-8")
    (folder / "summary.txt").write_text(comparison.text() + "\n", encoding="utf-8")
    comparison.table.to_csv(folder / MARK, index=False, lineterminator="\n")


def plan_file(number: int) -> str:
    """Return the name of an option's plan in the folder of a comparison."""
    return f"plans/{number:02d}.csv"
