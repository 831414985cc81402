"""Ctrl-C as a request: the first one asks the work to stop, the second one ends the command.

A first SIGTERM, which schedulers of clusters and service managers send, is the same request.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from planner.commands.terminal import say

__all__ = ["BATCH", "DIAGNOSE", "REPLAY", "stop_on_interrupt"]


SOLVE = "stopping: the best plan so far will be written (Ctrl-C again to drop it)"
BATCH = (
    "stopping: jobs under way are being finished, then tables and page are written (Ctrl-C again "
    "to drop what is under way)"
)
DIAGNOSE = "stopping: what is found by now will be told (Ctrl-C again to drop it)"
REPLAY = "stopping: the plans will not be compared (Ctrl-C again to end at once)"


@contextmanager
def stop_on_interrupt(words: str = SOLVE) -> Iterator[threading.Event]:
    """Give an event that the first Ctrl-C or SIGTERM sets.

    Parameters
    ----------
    words : str
        What is told then.

    Yields
    ------
    Event
        Set once the user wants to stop; whoever works then hands back what there is.
    """
    event = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}

    def stop(number: int, frame: FrameType | None) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()
        say(words)

    for number in numbers:
        signal.signal(number, stop)
    try:
        yield event
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
