"""Processes that work for another one."""

from __future__ import annotations

import multiprocessing
import os
import threading
from multiprocessing.connection import wait

from threadpoolctl import threadpool_limits

__all__ = ["begin_child"]


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
