"""A map with everything around it: title, key, scale, north, source and how sure we are."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from planner.hearing.imprint import Imprint
from planner.hearing.labels import text_size
from planner.hearing.maps import draw_changes, draw_zones, map_style
from planner.hearing.marks import MARK_POINTS, draw_mark, figure_of
from planner.hearing.palette import INK, STATE_GROUND, Swatch, pale
from planner.hearing.scene import Scene, lead
from planner.hearing.text import how_to_read
from planner.hearing.words import METRES_PER_MILE, Words

__all__ = ["draw_poster", "save_poster", "scale_bar_miles"]

_INCHES = (36.0, 24.0)
_SCALE = 2.6
_FOOT_POINTS = 5.8
_KEY_EDGE = "#00000088"
_KEY_POINTS = 7.5 * _SCALE
_KEY_MARK = 0.11  # share of a column that its swatches take
_KEY_HEAD = 18 * _SCALE  # points
_KEY_GAP = 0.8  # lines between two schools
_LEADING, _LETTER = 1.25, 0.6  # height of a line and width of a letter, in sizes of the type
_BARS_MILES = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


def draw_poster(
    scene: Scene,
    before: pd.Series[str],
    after: pd.Series[str] | None,
    imprint: Imprint,
    words: Words,
    *,
    changes: bool = False,
) -> Figure:
    """Draw today's zones, an option's zones, or what an option would change.

    Parameters
    ----------
    scene : Scene
    before : Series of str
        Who serves each block today.
    after : Series of str or None
        Who would serve it; None draws today.
    imprint : Imprint
    words : Words
    changes : bool
        Draw only what changes.

    Returns
    -------
    Figure
        36 × 24 inches, or 24 × 36 where the district is taller than wide.
    """
    west, south, east, north = scene.bounds
    upright = (north - south) > 1.15 * (east - west)
    size = _INCHES[::-1] if upright else _INCHES
    with map_style(_SCALE):
        figure = Figure(figsize=size, facecolor="white")
        kind = "today" if after is None else "changes" if changes else "plan"
        _title(figure, scene, imprint, words, kind)
        box = (0.03, 0.24, 0.94, 0.64) if upright else (0.02, 0.09, 0.73, 0.79)
        ax = figure.add_axes(box)
        scale = _SCALE * (1.35 if len(scene.schools) <= 16 else 1.0)
        if after is None or not changes:
            shown = before if after is None else after
            draw_zones(ax, scene, shown, scale=scale)
        else:
            shown = after
            draw_changes(ax, scene, before, after, scale=scale)
        key_box = (0.03, 0.07, 0.94, 0.16) if upright else (0.765, 0.09, 0.22, 0.79)
        _key(figure.add_axes(key_box), scene, shown, words, columns=4 if upright else 1)
        _scale_bar(ax, words)
        how = how_to_read(words, scene, "changes" if changes else "zones")
        _foot(figure, (how, imprint.origin(words), imprint.identity(words)))
    return figure


def save_poster(figure: Figure, path: Path, title: str, told: str) -> list[Path]:
    """Write a poster as PNG (150 dots an inch), SVG and PDF.

    Parameters
    ----------
    figure : Figure
    path : Path
        Without suffix.
    title, told : str
        What it is and what it shows, for those who cannot see it.

    Returns
    -------
    list of Path
    """
    written = []
    with map_style(_SCALE), mpl.rc_context({"svg.hashsalt": path.name}):
        for suffix, metadata in (
            (".png", {"Software": None, "Title": title, "Description": told}),
            (".svg", {"Date": None, "Creator": None, "Title": title, "Description": told}),
            (
                ".pdf",
                {"CreationDate": None, "Creator": None, "Producer": None}
                | {"Title": title, "Subject": told},
            ),
        ):
            file = path.with_name(path.name + suffix)
            options: dict[str, Any] = {"metadata": metadata}
            if suffix == ".png":
                options["pil_kwargs"] = {"compress_level": 4}
            figure.savefig(file, dpi=150, **options)
            written.append(file)
    return written


def scale_bar_miles(width_m: float) -> float:
    """Choose the longest round length that fills at most a fifth of a map's width [mi]."""
    fitting = [miles for miles in _BARS_MILES if miles * METRES_PER_MILE <= width_m / 5]
    return fitting[-1] if fitting else _BARS_MILES[0]


def _title(figure: Figure, scene: Scene, imprint: Imprint, words: Words, kind: str) -> None:
    level = words.texts.get(f"level.{scene.level}", scene.level)
    figure.text(
        0.02, 0.965, words(f"map.{kind}", letter=imprint.letter), fontsize=15 * _SCALE,
        fontweight="bold", va="top", color=INK,
    )  # fmt: skip
    under = [
        words.known(imprint.district),
        level,
        words.known(imprint.title) if kind != "today" else "",
    ]
    figure.text(
        0.02, 0.925, " · ".join(part for part in under if part), fontsize=9 * _SCALE, va="top",
        color="#333333",
    )  # fmt: skip
    ground = STATE_GROUND[imprint.state]
    figure.text(
        0.985, 0.965, words(f"state.{imprint.state}").upper(), fontsize=14 * _SCALE, va="top",
        ha="right", fontweight="bold", color="white",
        bbox={"boxstyle": "square,pad=0.35", "facecolor": ground, "edgecolor": "none"},
    )  # fmt: skip


def _key(ax: Axes, scene: Scene, shown: pd.Series[str], words: Words, *, columns: int) -> None:
    """List every school with its number, colour and pattern, or as crossed out on the map."""
    ax.set_axis_off()
    box, sheet = ax.get_position(), figure_of(ax)
    across = 72 * box.width * sheet.get_figwidth() / columns
    along = 72 * box.height * sheet.get_figheight()
    serving = {s: lead(str(o)) for o in shown.dropna().unique() if o for s in str(o).split("+")}
    closed = scene.schools.index[bool(serving) & ~scene.schools.index.isin(serving)]
    names = [
        f"{row['number']}  {row['name']}" + (f" ({words('map.closed')})" if s in closed else "")
        for s, row in scene.schools.iterrows()
    ]
    entries, places, line = _fit_key(names, columns, across, along - _KEY_HEAD)
    ax.set_xlim(0, across * columns)
    ax.set_ylim(along, 0)
    title: dict[str, Any] = {"fontsize": 9 * _SCALE, "fontweight": "bold", "color": INK}
    ax.text(0, _KEY_HEAD / 2, words("map.key"), **title)
    for at, (school, row) in enumerate(scene.schools.iterrows()):
        (column, y), mark = places[at], _KEY_MARK * across
        x, y, ink = column * across, _KEY_HEAD + y * line, "#555555" if school in closed else INK
        if school in closed:
            size = min(_SCALE, line / MARK_POINTS)
            draw_mark(ax, x + 0.4 * mark, y, str(row["number"]), serves=False, scale=size)
        else:
            corner, swatch = (x, y - 0.6 * line), scene.swatches.get(serving.get(str(school), ""))
            style = {"edgecolor": _KEY_EDGE, **_fill(swatch)}
            ax.add_patch(Rectangle(corner, 0.8 * mark, 1.2 * line, **style))
        told = ax.text(x + mark, y, entries[at], color=ink, va="center", linespacing=1.1)
        told.set_fontsize(line / _LEADING)


def _fit_key(
    names: Sequence[str], columns: int, across: float, along: float
) -> tuple[list[str], list[tuple[int, float]], float]:
    """Return names in lines, where each has its middle, and the height of a line, as fits.

    Parameters
    ----------
    names : sequence of str
    columns : int
    across, along : float
        Width and height of a column [points].

    Returns
    -------
    list of str, list of (column, middle [lines]), float [points]
    """
    size, rows = _KEY_POINTS, -(-len(names) // columns)
    while True:
        letters = max(12, int((1 - _KEY_MARK) * across / (_LETTER * size)))
        told = [textwrap.fill(name, letters, subsequent_indent="     ") for name in names]
        tall = np.array([text.count("\n") + 1 + _KEY_GAP for text in told])
        ends = [np.cumsum(tall[start : start + rows]) for start in range(0, len(names), rows)]
        if size < 1 or max(column[-1] for column in ends) * _LEADING * size <= along:
            break
        size *= 0.97
    middles = np.concatenate(ends) - (tall + _KEY_GAP) / 2
    return told, [(at // rows, float(y)) for at, y in enumerate(middles)], _LEADING * size


def _fill(swatch: Swatch | None) -> dict[str, Any]:
    """Return how a school's swatch is filled; grey where no zone is known."""
    if swatch is None:
        return {"facecolor": "#eeeeee"}
    return {"facecolor": swatch.fill, "hatch": swatch.hatch or None}


def _scale_bar(ax: Axes, words: Words) -> None:
    """Draw a bar of a round number of miles and an arrow to the north."""
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    miles, height = scale_bar_miles(east - west), north - south
    length = miles * METRES_PER_MILE
    x, y = west + 0.01 * (east - west), south + 0.012 * height
    for part, colour in ((0, INK), (1, "white")):
        place = (x + part * length / 2, y)
        bar = Rectangle(place, length / 2, 0.006 * height, facecolor=colour, edgecolor=INK)
        bar.set(linewidth=0.8 * _SCALE, zorder=8)
        ax.add_patch(bar)
    text = words("map.bar", n=words.number(miles, 0 if miles >= 1 else 2 if miles == 0.25 else 1))
    ax.text(x + length / 2, y + 0.011 * height, text, ha="center", fontsize=7 * _SCALE, zorder=8)
    tip, half = y + 0.085 * height, 0.008 * height
    outline = [(1, 0), (0, -4), (1, -3), (2, -4)]
    corners = [(x + across * half, tip + along * half) for across, along in outline]
    ax.add_patch(Polygon(corners, facecolor=INK, zorder=8))
    ax.text(
        x + half, tip + 0.004 * height, words("map.north"), ha="center", fontsize=8 * _SCALE,
        fontweight="bold", zorder=8,
    )  # fmt: skip


def _foot(figure: Figure, lines: Sequence[str]) -> None:
    """Write lines below the map, each broken where the sheet ends."""
    band = pale("#888888", 0.15)
    figure.add_artist(Rectangle((0, 0), 1, 0.062, transform=figure.transFigure, facecolor=band))
    width = 0.96 * figure.get_figwidth() * 72
    points = _FOOT_POINTS * _SCALE
    letters = min(int(len(s) * width / text_size(s, points, bold=False)[0]) for s in lines)
    text = "\n".join(textwrap.fill(line, letters) for line in lines)
    figure.text(0.02, 0.031, text, fontsize=points, va="center", color=INK, linespacing=1.15)
