"""``planner replay``: proof that a plan came from its record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planner.commands.ending import INTERRUPTED, tell_interrupted
from planner.commands.interrupt import REPLAY, stop_on_interrupt
from planner.commands.terminal import (
    AsJson,
    answer,
    end,
    say,
    speaking,
    stderr,
    write_json,
)

DIFFERENT = 1


@speaking
def replay(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.")],
    as_json: AsJson = False,
) -> None:
    """Solve again from a run's own record and compare.

    Repeats the recorded iterations [thousands of moves] with the recorded seed and says whether
    plan.csv comes out identical, byte for byte.  Exit code 1 where it does not.

    Example: planner replay runs/first
    """
    from planner.progress import TerminalProgress
    from planner.runs import read_run
    from planner.runs.replay import replay as repeat

    with stop_on_interrupt(REPLAY) as interrupt, TerminalProgress(stderr()) as line:
        outcome = repeat(read_run(run), progress=line, interrupt=interrupt)
    if outcome is None:
        tell_interrupted("nothing was compared", as_json=as_json)
        end(INTERRUPTED)
        return
    for name, (then, now) in outcome.differing_versions.items():
        say(f"note: {name} was {then}, here it is {now}")
    for plan in outcome.given:
        say(f"note: taken from the record, not found again: {plan}")
    if as_json:
        write_json(outcome.to_dict())
    elif outcome.is_identical:
        answer(f"identical: plan.csv comes out the same, byte for byte ({outcome.plan_id_before})")
    else:
        answer(f"different: {outcome.plan_id_before} then, {outcome.plan_id_again} now")
    if not outcome.is_identical:
        end(DIFFERENT)
