"""The known name that was probably meant by one that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["nearest"]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant; empty where none is near.

    One that differs only by zeros before its digits comes first: E03 is E003, not E013.
    """
    names = list(known)
    alike = [name for name in names if _without_zeros(name) == _without_zeros(word)]
    return next(iter(alike or get_close_matches(word, names, n=1)), "")


def _without_zeros(name: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", name)
