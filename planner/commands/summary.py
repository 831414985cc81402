"""A run in a few lines for the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.evaluation import Evaluation

__all__ = ["STATUS_WORDS", "rule_lines", "run_lines"]

STATUS_WORDS = {
    "PROVEN_OPTIMAL": "proven: no plan that holds the rules is better",
    "FEASIBLE": "holds the rules; how much better a plan could be is bounded below",
    "HEURISTIC": "holds no proof of how good it is",
    "INFEASIBLE": "proven: no plan can hold every rule",
    "NO_PLAN": "stopped before a plan was found; this proves nothing",
}


def run_lines(record: Mapping[str, Any], evaluation: Evaluation | None, folder: Path) -> str:
    """Tell what a solve found, how sure it is and where it is written."""
    from geodata.errors import counted
    from planner.runs.asked import later_aims

    status = record["status"]
    lines = [f"{record['title']}", f"{status}: {STATUS_WORDS.get(status, '')}"]
    for aim, later in zip(record["objectives"], later_aims(record), strict=True):
        lines.append("  " + _aim(aim, is_proven=status == "PROVEN_OPTIMAL", is_later=later))
    if evaluation is not None:
        lines += rule_lines(evaluation)
        lines.append(_moves(evaluation))
        of_aims = [note for note in record["notes"] if note not in evaluation.notes]
        lines += [f"Note: {told}" for told in (*of_aims, *evaluation.warnings)]
    for conflict in record.get("conflicts", ()):
        lines += [f"{conflict['level']}: {sentence}" for sentence in conflict["sentences"]]
    lines += [f"  in the way: {sentence}" for sentence in record["broken"]]
    if "found" in record:
        levels, file = ", ".join(record["found"]["levels"]), record["found"]["file"]
        lines.append(f"A plan was found for {levels}: it is kept in {file}")
    lines.append(
        f"{record['seconds']:.0f} s, {counted(record['iterations'], 'iteration')}, seed "
        f"{record['seed']}, plan {record['plan_id']}"
    )
    lines.append(f"Written: {folder}")
    if evaluation is not None:
        lines.append(f"Maps: planner report {folder} --out report")
    return "\n".join(lines)


def rule_lines(evaluation: Evaluation) -> list[str]:
    """Tell which rules a plan breaks, and where they were not checked."""
    broken = [finding for finding in evaluation.findings if not finding.ok]
    kept = len(evaluation.findings) - len(broken)
    head = "Rules: none were checked"
    if evaluation.findings:
        head = f"Rules: {kept} of {len(evaluation.findings)} measured limits hold"
    elif not evaluation.unchecked:
        head += " (no scenario)"
    return [
        head,
        *(f"  broken: {finding.sentence}" for finding in broken),
        *(f"  not checked: {reason}" for reason in evaluation.unchecked),
    ]


def _aim(aim: Mapping[str, Any], *, is_proven: bool, is_later: bool) -> str:
    """Tell an aim; the bound of a later one is about plans that keep the aims before it."""
    from planner.runs.asked import aim_title

    level = f" ({aim['level']})" if aim.get("level") else ""
    text = f"{aim_title(aim)}{level}: {_number(aim['value'])} {aim['unit']}"
    if aim.get("bound") is not None:
        whose = "no plan that keeps the aims before it" if is_later else "no plan"
        text += f"; {whose} is below {_number(aim['bound'])}"
    if aim.get("gap") is not None:
        text += f" (gap {aim['gap']:.2%})"
    reached = aim.get("reached")
    if is_proven and reached is not None and reached < aim["value"] * (1 - 1e-6):
        text += f"; proven at {_number(reached)}, the rest given back for a later aim"
    return text


def _number(value: float | None) -> str:
    return "unknown" if value is None or value != value else f"{value:,.5g}"


def _moves(evaluation: Evaluation) -> str:
    """Tell how many change school; a student who changes at two levels is counted at both."""
    from geodata.errors import counted

    told = []
    moved = set(evaluation.moves["level"])
    for level in (level for level in evaluation.levels if level in moved):
        blocks, students = (
            evaluation.value(metric, "level", level)
            for metric in ("blocks_moved", "students_moved")
        )
        unknown = math.isnan(students)
        who = "an unknown number" if unknown else counted(round(students), f"{level} student")
        told.append(f"{who} in {counted(blocks, 'block')}")
    return f"Moves: {'; '.join(told) or 'nobody'}"
