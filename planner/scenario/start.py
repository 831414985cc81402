"""The plan a scenario starts from: any plan file, read as a zone of each block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geodata.errors import counted, listed
from planner.errors import ScenarioError
from planner.plan import Plan
from planner.problem import Problem
from planner.problem.events import Event, apply_events

if TYPE_CHECKING:
    from geodata import District

__all__ = ["Start", "plan_file", "read_start", "starting_from"]


@dataclass(frozen=True, slots=True)
class Start:
    """A plan to start from, read.

    Parameters
    ----------
    plan : Plan
    name : str
        Name of its file, for messages.
    told : tuple of str
        Warnings of its file.
    """

    plan: Plan
    name: str
    told: tuple[str, ...] = ()


def plan_file(path: Path) -> Path:
    """Return the file of a plan: of a run's folder, its plan.csv."""
    return path / "plan.csv" if (path / "run.json").is_file() else path


def read_start(
    path: Path, district: District, events: Sequence[Event], levels: Sequence[str]
) -> Start:
    """Read the plan to start from.

    Parameters
    ----------
    path : Path
    district : District
    events : sequence of Event
        The plan may name the schools there are after them.
    levels : sequence of str
        The scenario's; a file that names no level is of the only one.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    from geodata import DataError, read_assignment

    if not path.exists():
        raise ScenarioError(
            f"{path} does not exist",
            "the scenario starts from it",
            "correct start = …; it is relative to the scenario's file",
        )
    try:
        table = read_assignment(
            path,
            district,
            schools=apply_events(district, events).schools,
            usual_level=levels[0] if len(levels) == 1 else None,
        )
    except DataError as error:
        raise ScenarioError(
            f"{path} cannot be read as a plan: {error}",
            "the scenario starts from it",
            "correct the file; or read it with planner evaluate --plan, whose options name level, "
            "layer and columns, write it with --out RUN, and start from RUN",
        ) from error
    told = tuple(f"{fault.file}: {fault.message}" for fault in table.attrs.get("faults", ()))
    return Start(Plan(table), path.name, told)


def starting_from(problem: Problem, start: Start) -> Problem:
    """Return a problem with the zone each block has in a plan to start from.

    Blocks that it gives no zone are told; a level that it does not name stays without a start.
    """
    if problem.level not in start.plan.levels:
        return problem
    zone = start.plan.zone_index(problem)
    lost = np.flatnonzero(zone < 0)
    told = list(start.told)
    if len(lost):
        told.append(
            f"{start.name} gives {counted(len(lost), 'block')} no zone that is drawn here "
            f"({listed(problem.block_ids[lost])}): whatever becomes of them is no change from it"
        )
    return replace(
        problem,
        start_zone=zone,
        warnings=(*problem.warnings, *told),
        forecasts={y: replace(one, start_zone=zone) for y, one in problem.forecasts.items()},
    )
