"""Units in the names of options: one is never suggested for another, and miles are converted."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["in_km", "of_same_unit"]

_WORDS = {
    "km": ("km", "kms", "kilometers", "kilometres"),
    "m": ("m", "meters", "metres"),
    "miles": ("mi", "mile", "miles"),
    "minutes": ("min", "mins", "minute", "minutes"),
    "hours": ("h", "hour", "hours"),
    "s": ("s", "sec", "secs", "second", "seconds"),
    "share": ("share", "shares"),
    "percent": ("pct", "perc", "percent", "percentage"),
    "points": ("point", "points"),
    "students": ("student", "students"),
    "seats": ("seat", "seats"),
}
_UNIT = {word: unit for unit, words in _WORDS.items() for word in words}
KM_PER_MILE = 1.609344


def of_same_unit(word: str, names: Iterable[str]) -> list[str]:
    """Return the names that do not measure in another unit than a word, such as ``max_miles``."""
    unit = _unit(word)
    return [name for name in names if not unit or _unit(name) in ("", unit)]


def in_km(word: str, names: Iterable[str], value: object = None) -> str:
    """Return what an option in miles is in km, where options in km are known; or nothing."""
    if _unit(word) != "miles" or not any(_unit(name) == "km" for name in names):
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "distances are in km: 1 mile is 1.609 km"
    return f"distances are in km: {value:g} miles are {value * KM_PER_MILE:.2f} km"


def _unit(name: str) -> str:
    """Return the unit a name ends with, or nothing."""
    what, _, last = name.rpartition("_")
    return _UNIT.get(last.lower(), "") if what else ""
