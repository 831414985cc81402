"""``planner parity``: how equal exposure to poverty can become, with what is proven."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands.solve import Iterations, ScenarioFile, TimeLimit
from planner.commands.terminal import AsJson, answer, speaking, write_json


@speaking
def parity(
    scenario: ScenarioFile,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    allowance: Annotated[
        float,
        typer.Option(
            metavar="A",
            min=0.0,
            help="How far isolation or dissimilarity may rise [share], where race decides.",
        ),
    ] = 0.0,
    proof_seconds: Annotated[
        float, typer.Option(metavar="S", min=0.0, help="Time for the proofs of a level [s].")
    ] = 60.0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the plan as CSV.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Solve a scenario for parity and prove how far it can go; show both racial axes.

    The scenario's first aim should be parity_gap, or poverty_spread where race only is watched.

    Example: planner parity parity.toml --time-limit 120 --out plan.csv
    """
    from geodata import load_district
    from planner.parity import reach_parity
    from planner.plan import write_plan
    from planner.scenario import load_scenario

    asked = load_scenario(scenario)
    solution, levels = reach_parity(
        asked,
        load_district(asked.district),
        allowance=allowance,
        time_limit_s=time_limit,
        iterations=iterations,
        proof_seconds=proof_seconds,
    )
    if out is not None and solution.plan is not None:
        write_plan(solution.plan, out)
    if as_json:
        write_json({"status": str(solution.status), "levels": [one.to_dict() for one in levels]})
        return
    for one in levels:
        answer(f"{one.level} [{solution.status}]")
        answer(one.record.table().round(3).to_string(index=False))
        answer("\n".join(one.sentences()))
    if out is not None:
        answer(f"Written: {out}")
