"""Pictures of a document: few colours, but those of the key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Rectangle
from PIL import Image

from planner.hearing.document_parts import part_table, save_picture
from planner.hearing.figures import Figure
from planner.hearing.palette import COLOURS, pale
from planner.hearing.tables import Cell, Table
from planner.hearing.words import load_words


def test_two_columns_of_names_share_the_width() -> None:
    """The longest cell of each counts; numbers take the room they need."""
    names = "Cypress Gardens Elementary"
    row = (Cell("text", names), Cell("text", names), Cell("count", figure=Figure(7.0)))
    columns = tuple((key, {}) for key in ("table.from", "table.to", "table.students"))
    table = Table("moves", "measure.moves", columns, (row,), {"letter": "A"})
    part = part_table(load_words("en"), table)
    assert [column["wide"] for column in part["columns"]] == [len(names), len(names), 0]


def test_small_areas_keep_their_colour(tmp_path: Path) -> None:
    """A little square stays exactly its colour amid two hundred larger areas of other colours."""
    drawing = Drawing(figsize=(3, 3))
    ax = drawing.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 14), ylim=(0, 14))
    ax.set_axis_off()
    rng = np.random.default_rng(1)
    for x in range(14):
        for y in range(14):
            ax.add_patch(Rectangle((x, y), 1, 1, facecolor=rng.uniform(0.3, 1.0, 3), linewidth=0))
    wanted = [swatch.fill for swatch in COLOURS] + [pale(swatch.fill) for swatch in COLOURS]
    for at, fill in enumerate(wanted):
        place = (at % 12 + 0.3, at // 12 + 0.3)
        ax.add_patch(Rectangle(place, 0.3, 0.3, facecolor=fill, linewidth=0))
    save_picture(drawing, tmp_path / "picture.png", 180)
    with Image.open(tmp_path / "picture.png") as image:
        assert image.mode == "P"
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    found = {"#{:02x}{:02x}{:02x}".format(*pixel) for pixel in np.unique(pixels, axis=0)}
    assert set(wanted) <= found
