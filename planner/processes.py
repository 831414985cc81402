"""Processes that work for another one."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from multiprocessing.connection import wait
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType

from threadpoolctl import threadpool_limits

__all__ = ["begin_child", "fresh_processes"]


class _FreshProcess(SpawnProcess):
    """A process started afresh that does not read the program's main file again.

    A script that solves without ``if __name__ == "__main__":`` would else solve once more in each
    of its processes.  What they do comes from this package, never from the main file.
    """

    def start(self) -> None:
        """Start it while an empty module stands in the place of the main one."""
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = main


class _FreshContext(SpawnContext):
    Process = _FreshProcess


def fresh_processes() -> SpawnContext:
    """Return a context whose processes start afresh (spawn) and read no main file."""
    return _FreshContext()


def begin_child() -> None:
    """Prepare a process that works for another one: it ends with that one, on one processor.

    The linear algebra of numpy would else take every processor for itself in each process.
    """
    threadpool_limits(1)
    end_with_parent()


def end_with_parent() -> None:
    """End this process as soon as the one that started it is gone, however it went.

    A parent that is killed cannot tell its workers to stop; they would wait for work forever.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
