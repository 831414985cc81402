"""How every command speaks: results to stdout, news and faults to stderr, one number at the end.

Exit codes: 0 done, 1 a replay came out different, 2 bad input, 3 proven infeasible, 4 stopped
without a plan, 130 interrupted.
"""

from __future__ import annotations

import functools
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer
from rich.console import Console

from planner.commands.ending import INTERRUPTED, tell_interrupted

if TYPE_CHECKING:
    from geodata.errors import DataError
    from planner.errors import PlannerError

__all__ = [
    "BAD_INPUT",
    "INFEASIBLE",
    "INTERRUPTED",
    "NO_PLAN",
    "AsJson",
    "answer",
    "code_of",
    "end",
    "say",
    "speaking",
    "stderr",
    "write_json",
]

BAD_INPUT, INFEASIBLE, NO_PLAN = 2, 3, 4

AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")
]

Parameters = ParamSpec("Parameters")


def stderr() -> Console:
    """Return a console for news and faults."""
    return Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """Tell people something, on stderr."""
    stderr().print(text, markup=False, soft_wrap=True)


def answer(text: str) -> None:
    """Print a result for people, on stdout."""
    Console(highlight=False).print(text, markup=False, soft_wrap=True)


def write_json(document: Any) -> None:
    """Print a result for programs, on stdout."""
    from planner.runs.record import json_text

    typer.echo(json_text(document, indent=2))


def end(code: int) -> None:
    """Leave with an exit code."""
    raise typer.Exit(code)


def code_of(error: PlannerError | DataError | OSError) -> int:
    """Return the exit code that tells of a fault."""
    from planner.errors import InfeasibleError, SolverError

    if isinstance(error, InfeasibleError):
        return INFEASIBLE
    return NO_PLAN if isinstance(error, SolverError) else BAD_INPUT


def speaking(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Turn the faults a command may meet, Ctrl-C and SIGTERM into words and an exit code.

    With ``as_json`` the fault is also the JSON document on stdout.
    """

    @functools.wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        as_json = bool(kwargs.get("as_json"))
        try:
            with _ending_in_order():
                _run(lambda: command(*args, **kwargs), as_json=as_json)
        except KeyboardInterrupt:
            tell_interrupted(as_json=as_json)
            raise typer.Exit(INTERRUPTED) from None

    return run


def _run(command: Callable[[], None], *, as_json: bool) -> None:
    from geodata.errors import DataError
    from planner.errors import PlannerError

    try:
        command()
    except (PlannerError, DataError, OSError) as error:
        _tell(error, as_json=as_json)
        raise typer.Exit(code_of(error)) from error


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Let SIGTERM, which schedulers of clusters and service managers send, be as Ctrl-C."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _tell(error: Exception, *, as_json: bool) -> None:
    say(f"planner: {error}")
    if as_json:
        document: dict[str, Any] = {"kind": type(error).__name__, "message": str(error)}
        for key in ("what", "why", "remedy"):
            if hasattr(error, key):
                document[key] = getattr(error, key)
        if hasattr(error, "faults"):
            document["faults"] = [fault.to_dict() for fault in error.faults]
        write_json({"error": document})
