"""``planner parity``: how equal exposure to poverty can become, with what is proven."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.interrupt import stop_on_interrupt
from planner.commands.solve import Iterations, ScenarioFile, TimeLimit
from planner.commands.terminal import INTERRUPTED, AsJson, answer, end, speaking, write_json

if TYPE_CHECKING:
    from geodata import District
    from planner.ledger import Ledger
    from planner.parity import LevelParity
    from planner.plan import Plan

NARROW_S = 60.0  # for each try at a narrower band, unless a time is given [s]


@speaking
def parity(
    scenario: ScenarioFile,
    *,
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
    narrow: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="Tries at plans with an ever narrower band of poverty."
        ),
    ] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write the plan as CSV; with --narrow also FILE's name with _narrow.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Solve a scenario for parity and prove how far it can go; show both racial axes.

    The scenario's first aim should be parity_gap, or poverty_spread where race only is watched.
    Ctrl-C stops early: the plan found so far is written (exit code 130).

    Example: planner parity parity.toml --time-limit 120 --narrow 3 --out plan.csv
    """
    from geodata import load_district
    from planner.ledger import open_ledger
    from planner.parity import narrow_bands, reach_parity
    from planner.runs.folder import make_folder
    from planner.scenario import load_scenario

    if out is not None:
        make_folder(out.parent)
    asked = load_scenario(scenario)
    district = load_district(asked.district)
    with stop_on_interrupt() as interrupt:
        solution, levels = reach_parity(
            asked,
            district,
            allowance=allowance,
            time_limit_s=time_limit,
            iterations=iterations,
            proof_seconds=proof_seconds,
            interrupt=interrupt,
            hear=lambda plan: _keep(plan, district, out),
        )
        found: Sequence[LevelParity] = ()
        if narrow and solution.plan is not None:
            narrowed, found = narrow_bands(
                asked,
                district,
                solution.plan,
                levels,
                tries=narrow,
                seconds=NARROW_S if time_limit is None else time_limit,
                allowance=allowance,
                interrupt=interrupt,
            )
            _keep(narrowed, district, out and out.with_stem(f"{out.stem}_narrow"))
    ledger = open_ledger(district, asked)
    _answer(str(solution.status), levels, found, ledger, as_json=as_json)
    if out is not None and not as_json:
        answer(f"Written: {out}")
    if interrupt.is_set():
        end(INTERRUPTED)


def _answer(
    status: str,
    levels: Sequence[LevelParity],
    narrow: Sequence[LevelParity],
    ledger: Ledger,
    *,
    as_json: bool,
) -> None:
    if as_json:
        write_json(
            {
                "status": status,
                "levels": [one.to_dict() for one in levels],
                "narrow": [one.to_dict() for one in narrow],
                "ledger": ledger.to_dict(),
            }
        )
        return
    for one in levels:
        _tell(f"{one.level} [{status}]", one)
    for one in narrow:
        _tell(f"{one.level}: the narrowest band of poverty that was found", one)
    answer("\n".join(["Counts of people:", *ledger.sentences()]))


def _keep(plan: Plan, district: District, out: Path | None) -> None:
    from planner.plan import write_plan

    if out is not None:
        write_plan(plan, out, district.levels)


def _tell(title: str, one: LevelParity) -> None:
    verdict, *more = one.sentences()
    answer(title)
    answer(verdict)
    answer("Over all grades together; groups too small to be watched are left out:")
    answer(one.record.table().round(3).to_string(index=False, na_rep="–"))
    for when in ("today", "plan"):
        answer(f"Who meets whom, {when} (rows add up to 1 over all groups)")
        answer(one.record.matrix(when).round(2).to_string())
    answer("\n".join(more))
