"""The command line: ``planner …``.  Each command is a file of `planner.commands`."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from planner.commands.check import check
from planner.commands.compare import compare
from planner.commands.demo import demo
from planner.commands.diagnose import diagnose
from planner.commands.evaluate import evaluate
from planner.commands.explain import explain
from planner.commands.new import new
from planner.commands.pareto import pareto
from planner.commands.parity import parity
from planner.commands.replay import replay
from planner.commands.report import report
from planner.commands.solve import solve
from planner.commands.structures import pairs, structures
from planner.commands.sweep import sweep

__all__ = ["COMMANDS", "app", "main"]

COMMANDS = (
    demo,
    new,
    check,
    explain,
    solve,
    evaluate,
    compare,
    diagnose,
    report,
    replay,
    sweep,
    pareto,
    parity,
    structures,
    pairs,
)

app = typer.Typer(
    name="planner",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # units stand in square brackets
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in COMMANDS:
    app.command()(command)


def _version(asked: bool) -> None:
    if asked:
        try:
            typer.echo(version("school-boundary-planner"))
        except PackageNotFoundError:
            typer.echo("not installed: run from a checkout")
        raise typer.Exit


@app.callback()
def planner(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Redraw school attendance zones: from a district's own files to a plan with its maps.

    Start with: planner demo

    Exit codes: 0 done, 2 bad input, 3 proven infeasible, 4 stopped without a plan, 130 interrupted.
    """


def main() -> None:
    """Run the command line."""
    app()
