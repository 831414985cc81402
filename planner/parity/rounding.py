"""Proven numbers in words: rounded so that what is said is still proven."""

from __future__ import annotations

import math

__all__ = ["no_less", "no_more"]

_TENTHS = 10
_NOISE = 1e-9  # of a number that is a whole tenth


def no_more(points: float) -> str:
    """Write an upper limit with one decimal, rounded up."""
    return f"{math.ceil(_TENTHS * points - _NOISE) / _TENTHS:.1f}"


def no_less(points: float) -> str:
    """Write a lower limit with one decimal, rounded down."""
    return f"{math.floor(_TENTHS * points + _NOISE) / _TENTHS:.1f}"
