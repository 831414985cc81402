"""The picture of a comparison of structures."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.text import Annotation, Text

from planner.hearing.palette import lightness
from planner.hearing.structure_picture import KINDS, draw_structures, write_structure_picture
from planner.reorganise.options import OPTIONS

PICTURE = pd.DataFrame(
    {
        "option": ["Today", "Pairs", "Centers", "Found"],
        "kind": ["today", "clusters", "given", "bands"],
        "aim": "parity_gap",
        "aim_value": [0.3, 0.1, 0.0, 0.0],
        "travel_mean_m": [900.0, 1500.0, float("nan"), 2600.0],
        "transitions": [2.0, 3.0, 6.0, 6.0],
    }
)


def test_every_option_is_named_beside_its_mark() -> None:
    """Both panels name the options they show; two on one point share a name; none overlap."""
    figure = draw_structures(PICTURE, title="A town")
    figure.draw_without_rendering()
    notes = [
        [a for a in ax.get_children() if isinstance(a, Annotation)] for ax in figure.get_axes()
    ]
    names = [sorted(note.get_text() for note in panel) for panel in notes]
    assert names == [["Found", "Pairs", "Today"], ["Centers · Found", "Pairs", "Today"]]
    for panel in notes:
        for one, other in combinations(panel, 2):
            assert not Text.get_window_extent(one).overlaps(Text.get_window_extent(other))
    assert figure.get_axes()[0].get_title(loc="right") == "not known: Centers"


def test_kinds_are_told_apart_without_colour() -> None:
    """Every kind of option has its own mark, and words; their fills differ in lightness."""
    assert set(KINDS) == {option.kind for option in OPTIONS}
    assert len({mark for _, mark, _ in KINDS.values()}) == len(KINDS)
    grey = sorted(lightness(fill) for *_, fill in KINDS.values())
    assert min(b - a for a, b in pairwise(grey)) > 1


@pytest.mark.parametrize("rows", [4, 1])
def test_picture_files_are_the_same_each_time(tmp_path: Path, rows: int) -> None:
    """PNG and SVG are written, twice alike, and the SVG says every number in words."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_structure_picture(PICTURE.head(rows), tmp_path / name, title="A <town> & more")
    for file in ("picture.png", "picture.svg"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    text = (tmp_path / "a" / "picture.svg").read_text()
    assert "Today: parity_gap 0.300, mean way 0.90 km, 2.00 changes" in text
