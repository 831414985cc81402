"""A search round by round: so many rounds, or as many as the time allows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from typing import TypeAlias

from planner.search.portfolio import Best, Search
from planner.search.schedule import FIRST_STEPS, Round, part_at, rounds_of

__all__ = ["OnRound", "run_rounds", "run_search", "run_until"]

ROUND_S = 1.5  # what a round of a timed search should take [s]
MOST_STEPS = 1_000_000_000  # moves of a round, also where none is possible and trying takes no time

OnRound: TypeAlias = Callable[[Best, float], bool]


def run_search(
    search: Search,
    on_round: OnRound,
    rounds: Iterable[Round] | None,
    moves: int | None,
    until: tuple[float, float],
) -> None:
    """Run a search: the given rounds, else so many moves, else as many as the time allows.

    Where both moves and time are limited, it ends with whichever is used up first; at once, where
    no unit can move at all.

    Parameters
    ----------
    search : Search
    on_round : function
        Hears the best plan and the share done after each round, and ends the search by True.
    rounds : iterable of Round or None
    moves : int or None
        To be tried by all workers together.
    until : tuple of float [s]
        On the clock of `time.monotonic`: where a plan holds all rules, and where none does yet.
    """
    deadline, latest = until
    if search.is_stuck:
        on_round(search.best, 1.0)
        return
    if rounds is None and moves is not None:
        rounds = rounds_of(moves, search.lineages)
    if rounds is not None:
        run_rounds(search, rounds, on_round, deadline)
    else:
        is_ended = run_until(search, deadline, on_round)
        if not is_ended and not search.best.holds:
            run_until(search, latest, on_round)


def run_rounds(
    search: Search, rounds: Iterable[Round], on_round: OnRound, deadline: float = math.inf
) -> None:
    """Run given rounds; `on_round` hears the best plan and the share, and ends by True."""
    for one in rounds:
        lines = search.remember()
        if not search.step(one) and search.workers.is_interrupted:
            search.forget_round(lines)
            return
        if on_round(search.best, one.end) or time.monotonic() >= deadline:
            return


def run_until(search: Search, deadline: float, on_round: OnRound) -> bool:
    """Run rounds until a moment of `time.monotonic`; the clock sets how far each goes.

    Returns
    -------
    bool
        Whether `on_round`, or an interrupt, ended it.
    """
    share, steps, took = 0.0, FIRST_STEPS, 0.0
    search.until = deadline
    while share < 1.0:
        begin = time.monotonic()
        left = max(deadline - begin, 1e-9)
        if search.rounds and left < 0.5 * took:
            return False
        step = min(1.0, took / left) * (1.0 - share) if search.rounds else 0.01
        is_last = bool(search.rounds) and left < 1.5 * took
        end = 1.0 if is_last else min(part_at(share).end, 0.999, share + max(step, 1e-4))
        lines = search.remember()
        tells_pace = search.step(Round(share, end, steps))
        spent, share = time.monotonic() - begin, end
        is_cut = begin + spent >= deadline or search.workers.is_interrupted
        if not tells_pace and is_cut:
            search.forget_round(lines)  # its models were cut short: nobody could repeat it
            return search.workers.is_interrupted
        if on_round(search.best, share):
            return True
        if tells_pace:
            grown = steps * min(4.0, max(0.5, ROUND_S / max(spent, 1e-9)))
            steps = int(min(max(grown, FIRST_STEPS), MOST_STEPS)) // FIRST_STEPS * FIRST_STEPS
            took = spent * steps / search.rounds[-1].steps
    return False
