"""``planner explain``: a scenario in sentences, and what may stand in one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.commands.terminal import AsJson, answer, speaking, write_json

if TYPE_CHECKING:
    from geodata import District
    from planner.problem.events import Event
    from planner.scenario import Scenario


@speaking
def explain(
    scenario: Annotated[
        Path | None,
        typer.Argument(
            metavar="[SCENARIO]",
            help="Scenario file (TOML). Without one: every rule, objective, metric and key.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say a scenario in sentences; solve nothing.

    Limits are told in their units: shares [1.0 = 100 %], ways [km] or [min], students, seats.

    Example: planner explain scenario.toml
    """
    from planner.catalogue import catalogue
    from planner.scenario import load_scenario

    asked = None if scenario is None else load_scenario(scenario)
    if asked is None:
        write_json(catalogue()) if as_json else answer(_overview(catalogue()))
        return
    closes = _closes(asked)
    district = _district(asked) if closes else None
    sentences = (asked if district is None else _named(asked, district)).sentences()
    warnings = _closings(asked, district) if closes else []
    if as_json:
        told = {"scenario": asked.resolved, "sentences": sentences, "warnings": warnings}
        write_json({**told, **catalogue()})
    else:
        answer("\n".join([*sentences, *(f"Warning: {warning}." for warning in warnings)]))


def _closes(asked: Scenario) -> bool:
    """Tell whether a school closes while some levels may stay; only then the district is read."""
    from planner.problem.events import Close

    return bool(asked.levels) and any(isinstance(event, Close) for event in asked.events)


def _district(asked: Scenario) -> District | None:
    """Return the scenario's district; None where it cannot be read."""
    from geodata import load_district
    from geodata.errors import DataError

    try:
        return load_district(asked.district)
    except DataError:
        return None


def _named(asked: Scenario, district: District) -> Scenario:
    """Return the scenario with the schools of its events by name and id."""
    names = district.schools["name"].fillna("").astype(str)

    def named(event: Event) -> Event:
        name = names.get(event.school, "")
        return replace(event, school=f"{name} [{event.school}]") if name else event

    return replace(asked, events=tuple(map(named, asked.events)))


def _closings(asked: Scenario, district: District | None) -> list[str]:
    """Tell what closing a school does to levels that stay."""
    from planner.problem.closings import left_behind
    from planner.problem.events import apply_events

    if district is None:
        return [
            "a school closes, and whether a level that is not redrawn sends students there cannot "
            "be told: the district cannot be read (see planner check)"
        ]
    supply = apply_events(district, asked.events)
    return left_behind(district, asked.levels_of(district), supply)


def _overview(tables: dict[str, Any]) -> str:
    lines = []
    for family, title in (
        ("rules", 'Rules ([[rule]] use = "…")'),
        ("objectives", 'Objectives ([[objective]] use = "…")'),
        ("events", 'Events ([[event]] kind = "…")'),
    ):
        lines += [title]
        for entry in tables[family]:
            options = ", ".join(option["name"] for option in entry["options"])
            lines.append(f"  {entry['name']:<24}{entry['summary']}")
            lines += [f"  {'':<24}  options: {options}"] if options else []
            moved = entry.get("metric", "").replace("``", "")
            lines += [f"  {'':<24}  metric: {moved}"] if moved else []
        lines.append("")
    metrics = ", ".join(entry["name"] for entry in tables["metrics"])
    lines += ["Metrics", f"  {metrics}", "", "Where they are counted (scope)"]
    lines += [f"  {scope:<24}{says}" for scope, says in tables["metric_scopes"].items()]
    return "\n".join([*lines, "", "More: planner explain --json"])
