"""A few numbers of a plan beside today's, for the terminal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.evaluation import Evaluation

__all__ = ["Headline", "headline_lines", "headlines"]


@dataclass(frozen=True, slots=True)
class Headline:
    """One number of the town, today and with the plan."""

    says: str
    today: str
    plan: str


def headlines(evaluation: Evaluation, level: str) -> list[Headline]:
    """Return a few numbers a board would ask for first; a dash where one is unknown."""
    from planner.metrics.documentation import STRATIFIED

    form, within = (STRATIFIED, " within grades") if level in evaluation.divided else ("", "")
    wanted = (
        ("students_over_capacity", "students above the seats of their school", 1, "{:,.0f}"),
        ("utilization_highest", "fullest school [% of its seats]", 100, "{:.0f}"),
        ("utilization_lowest", "emptiest school [% of its seats]", 100, "{:.0f}"),
        (f"poverty_range{form}", f"poorest less least poor school{within} [points]", 100, "{:.0f}"),
        ("travel_mean_metres", "mean way to school [m]", 1, "{:,.0f}"),
        ("polsby_popper_mean", "roundness of zones [% of a circle]", 100, "{:.0f}"),
        ("islands", "pieces of zones cut off from their school", 1, "{:,.0f}"),
        ("students_moved", "students who change school", 1, "{:,.0f}"),
    )

    def told(metric: str, column: str, factor: int, form: str) -> str:
        value = evaluation.value(metric, "level", level, column=column)
        return "–" if math.isnan(value) else form.format(factor * value)

    return [
        Headline(says, told(name, "baseline", factor, form), told(name, "plan", factor, form))
        for name, says, factor, form in wanted
    ]


def headline_lines(evaluation: Evaluation, level: str) -> list[str]:
    """Return the headlines as lines of a table."""
    found = headlines(evaluation, level)
    width = max(len(line.says) for line in found)
    head = f"{level:<{width}}  {'today':>8}  {'plan':>8}"
    return [head, *(f"{line.says:<{width}}  {line.today:>8}  {line.plan:>8}" for line in found)]
