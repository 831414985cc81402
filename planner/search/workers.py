"""Do search tasks side by side, in processes of their own."""

from __future__ import annotations

import logging
import math
import pickle
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from planner.model.highs import Interrupt
from planner.processes import begin_child, fresh_processes
from planner.search.bench import Bench
from planner.search.tasks import Done, Task, do

STOP = "stop"  # the parent's note to its processes, beside the bench
PASS_ON_S = 0.2  # between two looks at whether it is time to stop [s]

_log = logging.getLogger(__name__)
_loaded: dict[str, Bench] = {}


class Workers:
    """A few processes that share nothing but what they are handed.

    With one worker everything is done in this process.  Results come back in the order of the
    tasks, so the number of processes at work never changes what is found.

    Parameters
    ----------
    count : int
        Processes.
    interrupt : function that answers True when it is time to stop, or None
        Models under way end then; whether they were cut short is for the caller to ask.
    """

    def __init__(self, count: int, interrupt: Interrupt | None = None) -> None:
        self.count = max(1, count)
        self.interrupt = interrupt
        self._pool: ProcessPoolExecutor | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._benches = 0

    def __enter__(self) -> Workers:
        return self

    def start(self) -> None:
        """Start the processes, which takes them seconds, before they are needed.

        They are born with Ctrl-C switched off: it is the parent's, which ends the search in good
        order.
        """
        if self.count == 1 or self._folder is not None or self.is_interrupted:
            return
        self._folder = tempfile.TemporaryDirectory(prefix="planner-")
        self._pool = ProcessPoolExecutor(self.count, fresh_processes(), initializer=_begin_process)
        with _interrupt_withheld():
            for _ in range(self.count):
                self._pool.submit(_nothing)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        if self._folder is not None:
            self._folder.cleanup()

    def hand_out(self, bench: Bench) -> Path | None:
        """Put a bench where the processes find it."""
        self.start()
        if self._folder is None:
            return None
        self._benches += 1
        path = Path(self._folder.name) / f"{self._benches}.pickle"
        path.write_bytes(pickle.dumps(bench, protocol=pickle.HIGHEST_PROTOCOL))
        return path

    def do_all(self, bench: Bench, path: Path | None, tasks: Sequence[Task]) -> list[Done]:
        """Do tasks on a bench that was handed out as `path`.

        Where a process was lost, this process does the tasks: the results are the same.
        """
        if self._pool is not None and path is not None:
            try:
                waiting = [self._pool.submit(_do_from, str(path), task) for task in tasks]
                while wait(waiting, timeout=PASS_ON_S).not_done:
                    if self.is_interrupted:
                        path.with_name(STOP).touch()
                return [one.result() for one in waiting]
            except BrokenProcessPool:
                _log.warning("search processes were lost; the search goes on in one process")
                self._pool.shutdown()
                self._pool = None
        return [do(bench, task, self.interrupt) for task in tasks]

    @property
    def is_interrupted(self) -> bool:
        """Whether it is time to stop."""
        return self.interrupt is not None and self.interrupt()


@contextmanager
def _interrupt_withheld() -> Iterator[None]:
    """Hold Ctrl-C back in this thread; processes started meanwhile are born without it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_process() -> None:
    """Leave Ctrl-C to the parent, where a process could not be born without it; end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin_child()


def _nothing() -> None:
    """Bring a process up."""


def _do_from(path: str, task: Task) -> Done:
    if path not in _loaded:
        _loaded.clear()
        # the file was written a moment ago by this program's own parent process
        _loaded[path] = pickle.loads(Path(path).read_bytes())
    return do(_loaded[path], task, _asked_to_stop(Path(path).with_name(STOP)))


def _asked_to_stop(file: Path) -> Interrupt:
    """Return a function that tells whether the parent has left a note; it looks now and then."""
    looked, found = -math.inf, False

    def ask() -> bool:
        nonlocal looked, found
        if time.monotonic() >= looked + PASS_ON_S:
            looked, found = time.monotonic(), file.exists()
        return found

    return ask
