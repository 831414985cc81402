"""``planner explain``: a scenario in sentences, and what may stand in one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from planner.commands.terminal import AsJson, answer, speaking, write_json


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
    if as_json:
        told = {} if asked is None else {"scenario": asked.resolved, "sentences": asked.sentences()}
        write_json({**told, **catalogue()})
    elif asked is not None:
        answer("\n".join(asked.sentences()))
    else:
        answer(_overview(catalogue()))


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
        lines.append("")
    metrics = ", ".join(entry["name"] for entry in tables["metrics"])
    return "\n".join([*lines, "Metrics", f"  {metrics}", "", "More: planner explain --json"])
