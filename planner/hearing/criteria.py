"""What a plan is judged by: each criterion today and under every option, better or worse.

The direction of each criterion ("lower is better") is the metric's own, from `planner.metrics`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from geodata.reserved import ALL, POOR
from planner.hearing.figures import TODAY, Figure, Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.tables import Cell, Table
from planner.hearing.words import load_words
from planner.hearing.written import Kind, write_figure
from planner.metrics import metric_texts
from planner.metrics.documentation import STRATIFIED

__all__ = [
    "CRITERIA",
    "Criterion",
    "Verdict",
    "criteria_table",
    "divides_grades",
    "judge",
    "shown_criteria",
]

Verdict = Literal["better", "worse", "same", "unknown", "neither"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing a plan is judged by.

    Parameters
    ----------
    metric : str
    kind : Kind
        How it is written.
    step : float
        Changes smaller than this are no change, in the metric's unit.
    group : str
        ``"all"``, ``"poor"``; ``"*"``, ``"attributes"`` or ``"years"`` for one criterion a group,
        neighbourhood or year of the forecast.
    scope : str
        Scope in metrics.csv: ``"level"`` or ``"group"``.
    """

    metric: str
    kind: Kind
    step: float
    group: str = ALL
    scope: str = "level"

    @property
    def aim(self) -> str:
        """The metric, whether counted over all grades or within each."""
        return self.metric.removesuffix(STRATIFIED)

    @property
    def within_grades(self) -> Criterion:
        """The same counted within each grade, where there is such a metric."""
        name = self.metric + STRATIFIED
        return replace(self, metric=name) if name in metric_texts() else self

    @property
    def better(self) -> str:
        """Which way is better: lower, higher, nearer to 0 or 1, neither."""
        known = metric_texts().get(self.metric)
        return "neither" if known is None else known.better


_NEIGHBOURHOOD = "neighb"  # other attributes of blocks, such as land use, are no communities

CRITERIA: tuple[Criterion, ...] = (
    Criterion("students_moved", "count", 0.5),
    Criterion("share_moved", "share", 0.0005),
    Criterion("travel_mean_metres", "miles", 16.0),
    Criterion("travel_mean_minutes", "minutes", 0.1),
    Criterion("travel_p90_metres", "miles", 80.0),
    Criterion("travel_longest_metres", "miles", 80.0),  # no packet for the public tells it
    Criterion("walkers", "count", 0.5),
    Criterion("walkers_to_riders", "count", 0.5),
    Criterion("students_over_capacity", "count", 0.5),
    Criterion("utilization_highest", "share", 0.005),
    Criterion("utilization_lowest", "share", 0.005),
    Criterion("students_over_capacity_forecast", "count", 0.5, "years"),
    Criterion("utilization_highest_forecast", "share", 0.005, "years"),
    Criterion("schools_in_utilization_band", "share", 0.005),
    Criterion("size_spread", "share", 0.005),
    Criterion("poverty_spread", "points", 0.005),
    Criterion("poverty_distance", "points", 0.005),
    Criterion("schools_near_poverty", "share", 0.005),
    Criterion("parity_gap", "points", 0.005),
    Criterion("dissimilarity", "index", 0.005, "*"),
    Criterion("isolation_excess", "points", 0.005, "*"),
    Criterion("islands", "count", 0.5),
    Criterion("border_length", "miles", 80.0),
    Criterion("neighbourhoods_split", "count", 0.5, "attributes"),
)


def divides_grades(packet: Packet, level: str) -> bool:
    """Tell whether schools divide the grades of a zone, today or under any option."""
    return any(
        packet.spans[letter, level] for letter in (TODAY, *(o.letter for o in packet.options))
    )


def shown_criteria(packet: Packet, figures: Figures, level: str) -> Iterator[tuple[Criterion, str]]:
    """Yield the criteria the packet has numbers for, with the group each is about.

    Where schools divide the grades of a zone, today or under any option, evenness is told within
    each grade: over all grades, cohorts that differ would read as separation.
    """
    is_divided = divides_grades(packet, level)
    for one in CRITERIA:
        criterion = one.within_grades if is_divided else one
        for group in _groups(packet, figures, criterion, level):
            if figures.has(criterion.metric, criterion.scope, group):
                yield criterion, group


def criteria_table(
    packet: Packet, figures: Figures, level: str, shown: Sequence[Option] | None = None
) -> Table:
    """Set today and options (all of them by default) side by side, criterion by criterion."""
    options = [o for o in shown or packet.options if level in o.plan.levels]
    rows = []
    for criterion, group in shown_criteria(packet, figures, level):
        where = (criterion.metric, criterion.scope, level, group)
        cells = [
            Cell("text", word=f"criterion.{criterion.metric}", group=group),
            Cell(criterion.kind, figure=_today(figures, criterion, level, group)),
        ]
        for option in options:
            cells.append(
                Cell(
                    criterion.kind,
                    figure=figures.get(option.letter, *where),
                    change=figures.change(option.letter, *where),
                    verdict=judge(figures, option, criterion, level, group),
                )
            )
        rows.append(tuple(cells))
    columns: list[tuple[str, Mapping[str, str]]] = [("table.criterion", {}), ("table.today", {})]
    columns += [("table.option", {"letter": o.letter}) for o in options]
    return Table(f"{level} criteria", "measure.criteria", tuple(columns), tuple(rows))


def judge(
    figures: Figures, option: Option, criterion: Criterion, level: str, group: str = ALL
) -> Verdict:
    """Tell whether an option is better or worse than today by a criterion.

    Of rounded numbers that differ, the larger is the larger one unrounded too.
    """
    where = (criterion.metric, criterion.scope, level, group)
    after, before = figures.get(option.letter, *where), figures.get(TODAY, *where)
    if criterion.better == "neither":
        return "neither"
    if not (after.is_known and before.is_known):
        return "unknown"
    target = {"nearer to 0": 0.0, "nearer to 1": 1.0}.get(criterion.better)
    if target is not None:
        gain = abs(before.value - target) - abs(after.value - target)
    else:
        gain = (after.value - before.value) * (1 if criterion.better == "higher" else -1)
    grain = figures.grain(criterion.metric)
    if abs(gain) < max(criterion.step, grain / 2) or _is_written_alike(criterion, before, after):
        return "same"
    return "better" if gain > 0 else "worse"


def _is_written_alike(criterion: Criterion, before: Figure, after: Figure) -> bool:
    """Tell whether two figures look the same; ways get a digit more where theirs would not show."""
    if criterion.kind == "miles":
        return False
    words = load_words("en")
    return len({write_figure(words, criterion.kind, end) for end in (before, after)}) == 1


def _today(figures: Figures, criterion: Criterion, level: str, group: str) -> Figure:
    return figures.get(TODAY, criterion.metric, criterion.scope, level, group)


def _groups(packet: Packet, figures: Figures, criterion: Criterion, level: str) -> list[str]:
    if criterion.group == "*":
        return [POOR, *packet.district.students.groups]
    if criterion.group == "attributes":
        tables = [option.run.metrics for option in packet.options]
        named = [t["group"][(t["metric"] == criterion.metric) & (t["id"] == level)] for t in tables]
        return sorted({str(g) for g in pd.concat(named) if _NEIGHBOURHOOD in str(g).lower()})
    if criterion.group == "years":
        return list(figures.forecast_years)
    return [criterion.group]
