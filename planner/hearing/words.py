"""Every text of a packet, in the languages there is a words file for.

A words file is ``planner/hearing/words/<language>.toml``.  Adding a language is adding one file
with the same keys; `tests/unit/hearing/test_words.py` fails where a key is missing.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["NumbersHidden", "Words", "languages", "load_words"]

METRES_PER_MILE, METRES_PER_KM = 1609.344, 1000.0


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language, and how it writes numbers and dates.

    Parameters
    ----------
    lang : str
        Language code.
    texts : mapping of key to text
        Keys are ``section.name``; texts may hold ``{fields}``.
    """

    lang: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **fields: object) -> str:
        """Return a text with its fields filled in."""
        return self.texts[key].format(**fields)

    def known(self, text: str) -> str:
        """Return a text of the district's files with the phrases that have a translation."""
        phrases = {k.removeprefix("known."): v for k, v in self.texts.items() if k[:6] == "known."}
        if text in phrases:
            return phrases[text]
        for phrase in sorted(phrases, key=len, reverse=True):
            whole = rf"(?<!\w){re.escape(phrase)}(?!\w)"  # no part of a longer word
            text = re.sub(whole, phrases[phrase].replace("\\", "\\\\"), text)
        return text

    def knowing(self, own: Mapping[str, str]) -> Words:
        """Return the same words with the district's own texts in this language beside them."""
        return replace(self, texts={**self.texts, **{f"known.{k}": v for k, v in own.items()}})

    def plural(self, key: str, count: float, **fields: object) -> str:
        """Return the text ``key.one`` or ``key.many`` with the number as ``{n}``."""
        which = "one" if round(count) == 1 else "many"
        return self(f"{key}_{which}", n=self.number(count), **fields)

    def number(self, value: float | None, digits: int = 0) -> str:
        """Write a number; an unknown one as the word for unknown."""
        if value is None or not math.isfinite(value):
            return self.texts["number.unknown"]
        text = f"{abs(value):,.{digits}f}"
        sign = "−" if value < 0 and float(text.replace(",", "")) else ""
        swap = {",": self.texts["number.thousands"], ".": self.texts["number.decimal"]}
        return sign + "".join(swap.get(letter, letter) for letter in text)

    def signed(self, value: float | None, digits: int = 0) -> str:
        """Write a change, with its sign; no change as 0."""
        text = self.number(value, digits)
        if value is not None and math.isfinite(value) and not any(c in "123456789" for c in text):
            return self.number(0)
        positive = value is not None and value > 0 and any(c in "123456789" for c in text)
        return f"+{text}" if positive else text

    def percent(self, share: float | None, digits: int = 0) -> str:
        """Write a share (1 is all) as a percentage."""
        if share is None or not math.isfinite(share):
            return self.texts["number.unknown"]
        return self.texts["number.percent"].format(n=self.number(100 * share, digits))

    def miles(self, metres: float | None, digits: int = 1, *, has_km: bool = True) -> str:
        """Write a distance in miles and kilometres; what was rounded to miles in miles only."""
        if metres is None or not math.isfinite(metres):
            return self.texts["number.unknown"]
        miles = self.texts["number.miles"].format(n=self.number(metres / METRES_PER_MILE, digits))
        if not has_km:
            return miles
        km = self.texts["number.km"].format(n=self.number(metres / METRES_PER_KM, digits))
        return f"{miles} / {km}"

    def way_change(self, differences: Sequence[float], digits: int) -> str:
        """Write a change of a distance in miles, and in km if given, with its sign."""
        told = zip(("number.miles", "number.km"), differences, strict=False)
        return " / ".join(self.texts[unit].format(n=self.signed(n, digits)) for unit, n in told)

    def date(self, day: date) -> str:
        """Write a date in full."""
        months = self.texts["date.months"].split()
        return self.texts["date.full"].format(
            day=day.day, month=months[day.month - 1], year=day.year
        )


class NumbersHidden(Words):
    """The same texts where a number may not be shown: those that do without it, where needed."""

    __slots__ = ()

    def __call__(self, key: str, **fields: object) -> str:
        """Return the text without numbers, where there is one."""
        untold = f"{key}_untold"
        return Words.__call__(self, untold if untold in self.texts else key, **fields)

    def plural(self, key: str, count: float, **fields: object) -> str:
        """Return the text of many: the other would tell that it is one."""
        return self(f"{key}_many", n=self.number(count), **fields)

    def number(self, value: float | None, digits: int = 0) -> str:
        """Say that a number is not shown."""
        return f"[{self.texts['number.hidden']}]"


def languages() -> tuple[str, ...]:
    """Return the codes of the languages there is a words file for."""
    folder = resources.files("planner.hearing") / "words"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def load_words(lang: str) -> Words:
    """Read the words file of a language.

    Raises
    ------
    KeyError
        Where there is no such file.
    """
    if lang not in languages():
        raise KeyError(f"no words for {lang!r}; there are {', '.join(languages())}")
    file = resources.files("planner.hearing") / "words" / f"{lang}.toml"
    return Words(lang, _flat(tomllib.loads(file.read_text(encoding="utf-8"))))


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
