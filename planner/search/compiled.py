"""Compile inner loops with numba where it is installed.

The tool works without numba, only slower; set ``NUMBA_DISABLE_JIT=1`` to see the plain functions
run.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

HAS_NUMBA = importlib.util.find_spec("numba") is not None
SOURCE = Path(__file__).parent

_names: list[str] = []  # of all compiled functions, as their files begin


@functools.cache
def cache_folder(source: Path, given: str = "") -> Path:
    """Return where compiled functions are kept: one folder for each state of the source.

    Machine code of a function contains that of the functions it calls, but numba looks only at the
    file the function itself stands in, and would go on using what was compiled from an older
    version of the others.

    Parameters
    ----------
    source : Path
        Folder of the modules with compiled functions.
    given : str
        Where the user wants numba's files (``NUMBA_CACHE_DIR``); beside the source otherwise, or
        in the user's own cache where that may not be written.
    """
    digest = hashlib.sha256()
    for module in sorted(source.glob("*.py")):
        digest.update(module.read_bytes())
    if given:
        folder = Path(given)
    elif os.access(source, os.W_OK):
        folder = source / "__pycache__"
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "planner"
    return folder / f"compiled-{digest.hexdigest()[:16]}"


def is_compiled() -> bool:
    """Tell whether the inner loops need no compiling: it was done before, or is not asked for."""
    if not HAS_NUMBA:
        return True
    config: Any = importlib.import_module("numba").config
    kept = [file.name for file in cache_folder(SOURCE, config.CACHE_DIR).rglob("*.nbi")]
    return bool(config.DISABLE_JIT) or all(
        any(file.startswith(name) for file in kept) for name in _names
    )


def compiled(function: Function) -> Function:
    """Return the function compiled, or as it is where numba is missing.

    Compiled functions must not make arrays: they are compiled without numba's reference counting
    (``_nrt``), whose atomic counters took nine tenths of the time of a proposal.
    """
    return _compiled(function, is_inlined=False)


def inlined(function: Function) -> Function:
    """Return the function compiled, its machine code put into every compiled function it serves.

    For what every proposal calls: handing on the arrays, some fifty of them, took a third of its
    time.
    """
    return _compiled(function, is_inlined=True)


def _compiled(function: Function, *, is_inlined: bool) -> Function:
    if not HAS_NUMBA:
        return function
    numba: Any = importlib.import_module("numba")
    _names.append(f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}-")
    given = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_folder(SOURCE, given))  # read when a function is wrapped
    try:
        wrap = numba.njit(
            cache=True, nogil=True, _nrt=False, no_cfunc_wrapper=True, forceinline=is_inlined
        )
        result: Function = wrap(function)
    finally:
        numba.config.CACHE_DIR = given
    return result
