"""The command line: ``planner …``.  Each command is a file of `planner.commands`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from planner.commands.check import check
from planner.commands.compare import compare
from planner.commands.demo import demo
from planner.commands.diagnose import diagnose
from planner.commands.edit import edit
from planner.commands.ending import tell_interrupted
from planner.commands.evaluate import evaluate
from planner.commands.explain import explain
from planner.commands.new import new
from planner.commands.pareto import pareto
from planner.commands.parity import parity
from planner.commands.phase_in import phase_in
from planner.commands.replay import replay
from planner.commands.report import report
from planner.commands.solve import solve
from planner.commands.structures import pairs, structures
from planner.commands.sweep import sweep
from planner.commands.terminal import write_json

__all__ = ["COMMANDS", "app", "main"]

COMMANDS = (
    demo,
    new,
    check,
    explain,
    solve,
    edit,
    evaluate,
    compare,
    diagnose,
    phase_in,
    report,
    replay,
    sweep,
    pareto,
    parity,
    structures,
    pairs,
)


class _Commands(TyperGroup):
    """All commands; whatever ends one before it begins is a JSON document too."""

    def main(self, args: Sequence[str] | None = None, **options: Any) -> Any:  # type: ignore[override]
        """Run a command; with ``--json`` print a document also where the words are at fault."""
        words = sys.argv[1:] if args is None else list(args)
        as_json = "--json" in words
        try:
            return super().main(words, **options)
        except SystemExit as ending:
            cause = ending.__context__  # a fault that the option parser told on stderr, or its end
            message = getattr(cause, "format_message", None)
            if as_json and message is not None:
                write_json({"error": {"kind": "UsageError", "message": message()}})
            elif cause is not None and isinstance(cause.__cause__, KeyboardInterrupt):
                tell_interrupted(as_json=as_json)
            raise


app = typer.Typer(
    name="planner",
    cls=_Commands,
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

    Exit codes: 0 done, 1 a replay came out different, 2 bad input, 3 proven infeasible,
    4 stopped without a plan, 130 interrupted.
    """


def main() -> None:
    """Run the command line."""
    app()
