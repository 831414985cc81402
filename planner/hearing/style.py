"""What every drawing has in common: its type, and words that stay words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl

__all__ = ["drawing_style"]


@contextmanager
def drawing_style(salt: str, more: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Draw with the packet's type; the same drawing gives the same bytes.

    Parameters
    ----------
    salt : str
        What names inside an SVG file are made from.
    more : mapping, optional
        Further settings of matplotlib.
    """
    style: dict[Any, Any] = {
        "font.family": "DejaVu Sans",
        "svg.fonttype": "none",
        "svg.hashsalt": salt,
        **(more or {}),
    }
    with mpl.rc_context(style):
        yield
