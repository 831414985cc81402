"""``planner evaluate``: the measures of any plan, also of one drawn elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.check import DistrictFile
from planner.commands.headlines import headline_lines
from planner.commands.meetings import meeting_lines
from planner.commands.summary import rule_lines
from planner.commands.terminal import AsJson, answer, speaking, write_json

if TYPE_CHECKING:
    from geodata import District
    from planner.evaluation import Evaluation
    from planner.plan import Plan
    from planner.scenario import Scenario


@speaking
def evaluate(
    district: DistrictFile,
    *,
    plan: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="A table of blocks and schools, a layer with a column of schools, "
            "zone polygons, or a run's folder or plan.csv.",
        ),
    ],
    id_column: Annotated[
        str | None, typer.Option(metavar="C", help="Column of block ids. Default: found.")
    ] = None,
    school_column: Annotated[
        str | None, typer.Option(metavar="C", help="Column of schools. Default: found.")
    ] = None,
    level: Annotated[
        str | None,
        typer.Option(
            metavar="L",
            help="Level to measure. Default: all that FILE has in a column level, else the "
            "scenario's only one, or the one that all its schools teach.",
        ),
    ] = None,
    layer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Layer or sheet of FILE.")
    ] = None,
    header_row: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            help="Row of FILE with the names of the columns, where titles stand above.",
        ),
    ] = 1,
    scenario: Annotated[
        Path | None,
        typer.Option(
            metavar="SCENARIO", help="Check the rules of this scenario as well, after its events."
        ),
    ] = None,
    title: Annotated[
        str,
        typer.Option(metavar="TEXT", help="What the plan is called. Default: after its file."),
    ] = "",
    out: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Write a run folder, for report and compare.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace RUN where it is a run already.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Score any plan, also one drawn elsewhere.

    Sizes [students], seats, ways [m], moves, poverty, groups and shape, beside today's.

    Example: planner evaluate district.toml --plan drawn_in_qgis.gpkg --school-column school
    """
    from geodata import load_district, read_assignment
    from planner.evaluation import evaluate as score
    from planner.plan import Plan
    from planner.problem.events import apply_events
    from planner.scenario import load_scenario
    from planner.scenario.start import plan_file

    plan = plan_file(plan)
    known = load_district(district)
    rules = None if scenario is None else load_scenario(scenario)
    table = read_assignment(
        plan,
        known,
        schools=None if rules is None else apply_events(known, rules.events).schools,
        level=level,
        usual_level=rules.levels[0] if rules is not None and len(rules.levels) == 1 else None,
        id_column=id_column,
        school_column=school_column,
        layer=layer,
        header_row=header_row,
    )
    drawn = Plan(table)
    scored = score(known, drawn, rules).with_warnings(map(str, table.attrs.get("faults", ())))
    scored = replace(scored, title=title or scored.title)
    if out is not None:
        scored = _write(
            out,
            district,
            plan,
            district=known,
            plan=drawn,
            scenario=rules,
            scored=scored,
            title=title,
            overwrite=overwrite,
        )
    if as_json:
        write_json(scored.to_dict())
    else:
        answer(_told(scored, out))


def _write(
    out: Path,
    toml: Path,
    file: Path,
    *,
    district: District,
    plan: Plan,
    scenario: Scenario | None,
    scored: Evaluation,
    title: str,
    overwrite: bool,
) -> Evaluation:
    """Write the plan as a run like one of ours; tell what is unknown of its aims."""
    from planner.runs import write_run
    from planner.runs.drawn import drawn_plan

    toml = toml / "district.toml" if toml.is_dir() else toml
    drawn = drawn_plan(
        district, plan, plan_file=file, district_file=toml, scenario=scenario, title=title
    )
    write_run(out, drawn, scored, overwrite=overwrite)
    return replace(scored, notes=(*scored.notes, *drawn.notes))


def _told(scored: Evaluation, out: Path | None) -> str:
    lines = [scored.title]
    for level in scored.levels:
        lines += headline_lines(scored, level)
        lines += meeting_lines(scored, level)
    lines += rule_lines(scored)
    lines += [f"Warning: {told}" for told in scored.warnings if told not in scored.unchecked]
    lines += [f"Note: {note}" for note in scored.notes if note not in scored.warnings]
    lines += [f"Written: {out}"] if out is not None else []
    return "\n".join(lines)
