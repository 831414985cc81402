"""The order of aims: by place in the file, or by `priority` where numbers are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.objectives import Objective, ParityGap
from planner.scenario.options import Faults
from planner.scenario.stage import Stage
from planner.scenario.tables import Entry

__all__ = ["StagedAim", "stages_of"]


@dataclass(frozen=True, slots=True)
class StagedAim:
    """One ``[[objective]]`` table; what it does not say is None."""

    objective: Objective
    entry: Entry
    levels: tuple[str, ...] | None = None
    priority: int | None = None
    weight: float | None = None
    keep_within_share: float | None = None
    keep_within: float | None = None
    year: int | None = None


def stages_of(aims: Sequence[StagedAim], faults: Faults) -> tuple[Stage, ...]:
    """Put aims in order; aims with the same priority are one stage, weighted, in one unit."""
    numbered = [aim.priority is not None for aim in aims]
    if any(numbered) and not all(numbered):
        first = aims[numbered.index(False)]
        faults.add(
            first.entry.where(), "give every [[objective]] a priority, or none (order of the file)"
        )
        return ()
    groups: dict[int, list[StagedAim]] = {}
    for place, aim in enumerate(aims):
        groups.setdefault(place if aim.priority is None else aim.priority, []).append(aim)
    stages = tuple(_stage(groups[number], faults) for number in sorted(groups))
    if stages and (stages[0].keep_within_share or stages[0].keep_within):
        entry = groups[min(groups)][0].entry
        faults.add(
            entry.where(),
            "the first aim has none above it that could give back: put keep_within_share (or "
            "keep_within) into the aim below, which says what it may cost the aim above",
        )
    for stage, number in zip(stages[:-1], sorted(groups), strict=False):
        if len(stage.parts) > 1 and any(isinstance(aim, ParityGap) for _, aim in stage.parts):
            faults.add(
                groups[number][0].entry.where("priority"),
                "parity_gap shares its priority with another aim, and more aims follow: a gap in a "
                "sum cannot be held while they are sought; make this sum the last aim, or give "
                "parity_gap a priority of its own",
            )
    return stages


def _stage(group: list[StagedAim], faults: Faults) -> Stage:
    first = group[0]
    units = {aim.objective.unit: aim for aim in group}
    if len(units) > 1:
        names = " and ".join(f"{aim.objective.name} [{unit}]" for unit, aim in units.items())
        faults.add(
            first.entry.where("priority"),
            f"{names} share a priority but not a unit: weights never mix units; give them "
            "different priorities",
        )
    if len({aim.levels for aim in group}) > 1:
        faults.add(first.entry.where("levels"), "aims with the same priority need the same levels")
    if len({aim.year for aim in group}) > 1:
        faults.add(first.entry.where("year"), "aims with the same priority need the same year")
    for aim in group:
        if aim.weight is not None and aim.weight <= 0:
            faults.add(aim.entry.where("weight"), "weight must be above 0")
        if len(group) == 1 and aim.weight is not None:
            faults.add(
                aim.entry.where("weight"),
                "a weight means nothing for an aim alone; give the same priority to another one",
            )
    return Stage(
        parts=tuple((1.0 if a.weight is None else a.weight, a.objective) for a in group),
        levels=first.levels or (),
        year=first.year,
        keep_within_share=_one(group, "keep_within_share", faults),
        keep_within=_one(group, "keep_within", faults),
    )


def _one(group: list[StagedAim], key: str, faults: Faults) -> float:
    """Return what the aims of a stage say in common, 0 where they say nothing."""
    said = {value for aim in group if (value := getattr(aim, key)) is not None}
    if len(said) > 1:
        faults.add(group[0].entry.where(key), f"aims with the same priority need one {key}")
    value = max(said, default=0.0)
    if value < 0:
        faults.add(group[0].entry.where(key), f"{key} must not be negative")
    if key == "keep_within_share" and value > 1:
        faults.add(
            group[0].entry.where(key),
            f"{key} = {value:g} lets the aim above become {1 + value:g} times as much; 0.05 means "
            "5 %. Where so much is meant, say it in the aim's own unit: keep_within",
        )
    return value
