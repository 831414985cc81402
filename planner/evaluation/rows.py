"""One number of the metrics table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["ALL", "POOR", "Row", "Rows"]

ALL = "all"
"""Everybody, or everywhere, in the columns ``group`` and ``id``."""

POOR = "poor"
"""Poor students, in the column ``group``."""


class Row(NamedTuple):
    """The `value` of a metric for somebody somewhere; NaN where unknown."""

    metric: str
    scope: str
    id: str
    group: str
    value: float


Rows = Iterator[Row]
