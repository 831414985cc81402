"""Numbers and their things agree."""

from __future__ import annotations

import numpy as np

from geodata.errors import DataError, counted, fatal


def test_one_is_no_plural() -> None:
    """One of a thing is told as one, whatever kind of number it is; verbs follow."""
    assert (
        counted(1, "block") == counted(np.int64(1), "block") == counted(1.0, "block") == "1 block"
    )
    assert counted(0, "block") == "0 blocks"
    assert counted(1200.0, "block") == "1,200 blocks"
    assert counted(2.5, "point") == "2.5 points"
    assert counted(1, "id is", "ids are") == "1 id is"
    assert counted(np.nan, "block") == "nan blocks"


def test_one_fault_is_one_fault() -> None:
    """The head of a list of faults too."""
    assert str(DataError([fatal("x", "f.csv", "m")])).startswith("1 fatal fault, 0 warnings")
