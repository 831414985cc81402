"""News from a running job: one event, and three who listen.

Whoever works long (loading, solving, sweeping) calls a listener with `Progress` events; it does
not know whether they end on a terminal, in a file or in a browser.  A listener is any callable
that takes one event.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

from rich.console import Console
from rich.status import Status
from rich.text import Text

__all__ = [
    "JsonLinesProgress",
    "Progress",
    "ProgressListener",
    "TerminalProgress",
    "broadcast",
    "later",
    "read_progress",
    "silent",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """One piece of news.

    Parameters
    ----------
    phase : str
        What is being done, in a word or two: "load", "search", "bound".
    done, total : float or None
        How much of the phase is done, out of how much, in the phase's own unit.
    best : float or None
        Value of the best plan so far, in the unit of the objective at hand.
    bound : float or None
        Proven limit that no plan can beat, in the same unit.
    gap : float or None [share]
        (best - bound) / best.
    seconds : float [s]
        Time since the job began.
    message : str
        One sentence for people; may be empty.
    """

    phase: str
    done: float | None = None
    total: float | None = None
    best: float | None = None
    bound: float | None = None
    gap: float | None = None
    seconds: float = 0.0
    message: str = ""

    def sentence(self) -> str:
        """Return the event as one line for people."""
        parts = [f"{self.seconds:6.1f} s", self.phase]
        if self.done is not None and self.total == 1.0:
            parts.append(f"{self.done:.0%} done")
        elif self.done is not None and self.total:
            parts.append(f"{self.done:,.0f} of {self.total:,.0f}")
        elif self.done is not None:
            parts.append(f"{self.done:,.0f}")
        if self.best is not None:
            parts.append(f"best {self.best:,.6g}")
        if self.bound is not None:
            parts.append(f"bound {self.bound:,.6g}")
        if self.gap is not None and math.isfinite(self.gap):
            parts.append(f"gap {self.gap:.2%}")
        if self.message:
            parts.append(self.message)
        return " · ".join(parts)

    def record(self) -> dict[str, str | float | None]:
        """Return the event for a JSON line; numbers that are not finite become null."""
        raw = asdict(self)
        raw = {"time": raw.pop("seconds"), **raw}
        return {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in raw.items()
        }


class ProgressListener(Protocol):
    """Anything that takes events."""

    def __call__(self, event: Progress, /) -> None:
        """Take one event; never raises for what the event says."""


def silent(event: Progress, /) -> None:
    """Listen to nothing."""


def broadcast(*listeners: ProgressListener) -> Callable[[Progress], None]:
    """Return a listener that passes each event on to all of these, in order."""

    def tell(event: Progress, /) -> None:
        for listener in listeners:
            listener(event)

    return tell


def later(listener: ProgressListener, seconds: float) -> Callable[[Progress], None]:
    """Return a listener for a part of a job that begins so many seconds [s] after the job."""

    def tell(event: Progress, /) -> None:
        listener(replace(event, seconds=event.seconds + seconds))

    return tell


class _Closing:
    """A listener that ends with the block that opened it."""

    def close(self) -> None:
        """End it."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self.close()


class JsonLinesProgress(_Closing):
    """Writes one JSON line an event: time [s], phase, done, total, best, bound, gap, message.

    Each line is flushed, so that a long run can be followed from another window.

    Parameters
    ----------
    path : Path
        File to write; an existing one is replaced.
    """

    def __init__(self, path: Path) -> None:
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="\n")

    def __call__(self, event: Progress, /) -> None:
        """Write the event."""
        self._file.write(json.dumps(event.record(), allow_nan=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def read_progress(path: Path) -> list[Progress]:
    """Read back what `JsonLinesProgress` wrote."""
    events = []
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        record["seconds"] = record.pop("time")
        events.append(Progress(**record))
    return events


class TerminalProgress(_Closing):
    """Keeps one line of the terminal up to date; in a log file, a line every few seconds.

    Parameters
    ----------
    console : Console
        Where to write; the commands pass one on stderr.
    every_seconds : float [s]
        Where the console is no terminal: least time between two lines of one phase.
    """

    def __init__(self, console: Console, every_seconds: float = 10.0) -> None:
        self._console = console
        self._every_seconds = every_seconds
        self._status: Status | None = None
        self._said: tuple[str, float] = ("", -math.inf)

    def __call__(self, event: Progress, /) -> None:
        """Show the event."""
        if self._console.is_terminal:
            if self._status is None:
                self._status = self._console.status("", spinner="line")
                self._status.start()
            self._status.update(Text(event.sentence()))
            return
        phase, seconds = self._said
        if event.phase != phase or event.seconds - seconds >= self._every_seconds:
            self._said = (event.phase, event.seconds)
            self._console.print(event.sentence(), markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Give the line back."""
        if self._status is not None:
            self._status.stop()
            self._status = None
