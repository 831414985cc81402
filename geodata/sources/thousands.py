"""Numbers with commas between the thousands, where they can be nothing else."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

__all__ = ["has_comma", "without_thousands"]

_GROUPED = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_BELOW = re.compile(r"-?\d{1,3}(\.\d+)?")


def has_comma(text: str) -> bool:
    """Tell whether a text is a number with a comma, whatever that means."""
    return re.fullmatch(r"-?\d[\d,.]*", text.strip()) is not None and "," in text


def without_thousands(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column of texts without commas, where they can only stand between thousands.

    A comma may be a decimal one: 1,850 km.  It is none where every number with commas has three
    digits after each, and some number could not be written so with decimals: it has two commas,
    a point, or, being below 1,000, no comma.  Elsewhere the texts are returned as they are.
    """
    numbers = [text.strip() for text in texts if isinstance(text, str)]
    grouped = [number for number in numbers if "," in number]
    proofs = (
        number.count(",") > 1 or "." in number or _BELOW.fullmatch(number) is not None
        for number in numbers
    )
    is_clear = bool(grouped) and all(map(_GROUPED.fullmatch, grouped)) and any(proofs)
    return texts.str.replace(",", "") if is_clear else texts
