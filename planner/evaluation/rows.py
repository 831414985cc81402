"""One number of the metrics table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Row", "Rows"]


class Row(NamedTuple):
    """The `value` of a metric for somebody somewhere; NaN where unknown."""

    metric: str
    scope: str
    id: str
    group: str
    value: float


Rows = Iterator[Row]
