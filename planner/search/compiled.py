"""Compile inner loops with numba where it is installed.

The tool works without numba, only slower; set ``NUMBA_DISABLE_JIT=1`` to see the plain functions
run.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

HAS_NUMBA = importlib.util.find_spec("numba") is not None


def compiled(function: Function) -> Function:
    """Return the function compiled, or as it is where numba is missing.

    Compiled functions must not make arrays: they are compiled without numba's reference counting
    (``_nrt``), whose atomic counters took nine tenths of the time of a proposal.
    """
    if not HAS_NUMBA:
        return function
    compile_it: Any = importlib.import_module("numba").njit
    result: Function = compile_it(cache=True, nogil=True, _nrt=False)(function)
    return result
