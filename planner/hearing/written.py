"""Figures as text: rounded as a reader wants them, and never against each other."""

from __future__ import annotations

from typing import Literal

from planner.hearing.figures import Figure
from planner.hearing.words import METRES_PER_KM, METRES_PER_MILE, Words

__all__ = ["Kind", "write_ends", "write_figure"]

_UNITS = (METRES_PER_MILE, METRES_PER_KM)
_WAY_DIGITS = 2
_SEEN_METRES = 16.0  # a hundredth of a mile: a smaller difference is worth no digit more

Kind = Literal["text", "count", "share", "points", "miles", "minutes", "index"]


def write_figure(
    words: Words,
    kind: Kind,
    figure: Figure | None,
    *,
    signed: bool = False,
    is_rounded: bool = False,
) -> str:
    """Write a figure in a language, rounded as a reader wants it.

    A change is the difference of its ends as they are written.
    """
    if figure is None:
        return ""
    if figure.hidden:
        return words("number.hidden")
    if figure.side:
        signed = signed or figure.side == "about"
        limit = write_figure(words, kind, Figure(figure.value), signed=signed, is_rounded=True)
        return words(f"number.at_{figure.side}", n=limit)
    value = figure.value
    if not figure.is_known:
        return words("number.unknown")
    digits = 0 if is_rounded or figure.grain else 1
    if kind in ("minutes", "share") and figure.ends:
        digits = 0  # as its ends stand in their tables
    if kind == "minutes":
        n = _number(words, figure, 1.0, digits if signed else 0, signed=signed)
        return words("number.minutes", n=n)
    if kind == "points" or (kind == "share" and signed):
        n = _number(words, figure, 0.01, digits, signed=signed)
        return words("number.point" if n.strip("+−") == "1" else "number.points", n=n)
    if kind == "share":
        return words.percent(value)
    if kind == "miles":
        if not signed:
            return words.miles(value, _WAY_DIGITS if digits else 1, has_km=not figure.grain)
        is_short = abs(value) < METRES_PER_MILE  # a longer change needs no hundredths
        differences = [_difference(figure, unit, _WAY_DIGITS) for unit in _UNITS]
        return words.way_change(differences[: 2 if figure.ends else 1], 1 + digits * is_short)
    return _number(words, figure, 1.0, 2 if kind == "index" else 0, signed=signed)


def _number(words: Words, figure: Figure, unit: float, digits: int, *, signed: bool) -> str:
    """Write a figure, or a change with its sign, in a unit."""
    write = words.signed if signed else words.number
    return write(_difference(figure, unit, digits), digits)


def _difference(change: Figure, unit: float, digits: int) -> float:
    """Return a change as the difference of its ends as they are written, where it has ends."""
    if not change.ends:
        return change.value / unit
    before, after = (round(end / unit, digits) for end in change.ends)
    return round(after - before, digits)


def write_ends(words: Words, kind: Kind, before: Figure, after: Figure) -> dict[str, str]:
    """Write a figure today and after as "before" and "after".

    Ways get a digit more where their difference would not show, or in one unit only; not where
    they were rounded before.
    """
    ends = {"before": before, "after": after}
    if kind == "miles" and all(f.is_known and not f.side and not f.grain for f in ends.values()):
        digits = _ways_digits(before.value, after.value)
        return {name: words.miles(figure.value, digits) for name, figure in ends.items()}
    return {name: write_figure(words, kind, figure) for name, figure in ends.items()}


def _ways_digits(one: float, other: float) -> int:
    seen = [round(one / unit, 1) != round(other / unit, 1) for unit in _UNITS]
    is_tiny = abs(one - other) < _SEEN_METRES
    return 1 if all(seen) or (is_tiny and not any(seen)) else 2
