"""Who meets whom at school, and who meets how much poverty, for the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.evaluation import Evaluation

__all__ = ["meeting_lines"]

POVERTY = "poverty"
ALL_GRADES = (
    "  (over all grades: schools divide them here, so differences between cohorts show as well;\n"
    "  within grades see the measures …_stratified and those of scope grade in metrics.csv)"
)


def meeting_lines(evaluation: Evaluation, level: str) -> list[str]:
    """Return exposure of every group to every group, and to poverty, today and with the plan.

    Parameters
    ----------
    evaluation : Evaluation
    level : str

    Returns
    -------
    list of str
        A row for each group; a cell is ``today > plan`` [% of those it meets].  Nothing where the
        district counts no groups.  Where schools divide grades, a word of caution.
    """
    from geodata.reserved import ALL, POOR

    table = evaluation.metrics
    at = (table["scope"] == "level") & (table["id"] == level) & (table["metric"] == "isolation")
    groups = [name for name in table.loc[at, "group"] if name not in (ALL, POOR)]
    if not groups:
        return []
    rows = [[_cell(evaluation, level, one, to) for to in (*groups, POVERTY)] for one in groups]
    first = max(len(level), *(len(name) for name in groups))
    wide = max(*(len(cell) for row in rows for cell in row), *(len(name) for name in groups)) + 2
    heads = "".join(name.rjust(wide) for name in (*groups, POVERTY))
    told = [f"Who meets whom, and how much poverty: today > plan [%], {level}", " " * first + heads]
    for name, row in zip(groups, rows, strict=True):
        told.append(name.ljust(first) + "".join(cell.rjust(wide) for cell in row))
    if level in evaluation.divided:
        told.append(ALL_GRADES)
    return told


def _cell(evaluation: Evaluation, level: str, one: str, to: str) -> str:
    metric, group = "exposure", f"{one}|{to}"
    if to == POVERTY:
        metric, group = "exposure_to_poverty", one
    elif one == to:
        metric, group = "isolation", one
    values = (
        evaluation.value(metric, "level", level, group, column) for column in ("baseline", "plan")
    )
    return " > ".join("–" if math.isnan(value) else f"{100 * value:.0f}" for value in values)
