"""One picture of a comparison of structures: what each option gains, against what it costs.

Two panels share the aim as their height: over the mean way to school, and over the changes of
building.  Options are told apart by a mark for their kind and by their name beside it, so nothing
depends on colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from planner.hearing.palette import INK
from planner.hearing.style import drawing_style

__all__ = ["KINDS", "draw_structures", "write_structure_picture"]

# kind: (words, mark, fill); fills of Okabe and Ito 2008 whose lightness differs
KINDS: dict[str, tuple[str, str, str]] = {
    "today": ("today", "*", "#000000"),
    "given": ("stated spans", "s", "#0072B2"),
    "nearest": ("nearest school", "o", "#F0E442"),
    "redrawn": ("zones redrawn", "D", "#56B4E9"),
    "clusters": ("pairs and clusters", "^", "#D55E00"),
    "bands": ("bands found", "P", "#009E73"),
    "bands_redrawn": ("bands and zones together", "X", "#CC79A7"),
}
AIMS = {
    "dissimilarity": "Dissimilarity, within grades [index 0–1]",
    "parity_gap": "Largest gap in exposure to poverty [points]",
    "poverty_distance": "Mean distance of schools from the district's poverty [points]",
    "poverty_spread": "Furthest school from the district's poverty [points]",
}
COSTS = (
    ("travel_mean_m", 0.001, "Mean way to school [km]"),
    ("transitions", 1.0, "Changes of building on the way through school"),
)
SHORTEST = 14  # points from a mark to a name that needs a line to it
AWAY = (9, 16, 26, 38, 52, 68)  # points between a mark and its name, the nearest that is free
ASIDE = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))


def write_structure_picture(picture: pd.DataFrame, folder: Path, *, title: str) -> None:
    """Write ``picture.png`` and ``picture.svg``.

    Parameters
    ----------
    picture : DataFrame
        As `planner.reorganise.Comparison.picture`.
    folder : Path
    title : str
    """
    with drawing_style("school structures"):
        figure = draw_structures(picture, title=title)
        figure.savefig(folder / "picture.png", dpi=150, metadata={"Software": None})
        told = {"Date": None, "Title": title, "Description": _in_words(picture)}
        figure.savefig(folder / "picture.svg", metadata=told)


def draw_structures(picture: pd.DataFrame, *, title: str) -> Figure:
    """Draw every option's aim over both costs.

    Parameters
    ----------
    picture : DataFrame
        `option`, `kind`, `aim`, `aim_value`, `travel_mean_m` [m], `transitions` [changes].
    title : str
    """
    figure = Figure(figsize=(11.0, 5.6), facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2, sharey=True)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    aim = str(picture["aim"].iloc[0])
    factor = 1.0 if aim == "dissimilarity" else 100.0
    for ax, (column, scale, words) in zip(panels, COSTS, strict=True):
        points = pd.DataFrame(
            {"x": picture[column] * scale, "y": picture["aim_value"] * factor,
             "option": picture["option"], "kind": picture["kind"]}
        )  # fmt: skip
        _frame(ax, points.dropna(), words)
        _marks(ax, points.dropna())
        if left_out := sorted(points.loc[points[["x", "y"]].isna().any(axis=1), "option"]):
            ax.set_title(f"not known: {', '.join(left_out)}", fontsize=8, loc="right")
    panels[0].set_ylabel(AIMS.get(aim, aim))
    _explain(figure, picture)
    figure.draw_without_rendering()  # places depend on the lay-out
    figure.set_layout_engine("none")
    for ax, (column, scale, _) in zip(panels, COSTS, strict=True):
        known = picture[picture[[column, "aim_value"]].notna().all(axis=1)]
        _names(ax, _joined(known[column] * scale, known["aim_value"] * factor, known["option"]))
    return figure


def _frame(ax: Axes, points: pd.DataFrame, words: str) -> None:
    """Set limits that begin at zero for the aim and leave room for names."""
    high = max(float(points["y"].max()) if len(points) else 0.0, 1e-3)
    ax.set_ylim(-0.08 * high, 1.15 * high)
    if len(points):
        low, top = float(points["x"].min()), float(points["x"].max())
        room = max(0.22 * (top - low), 0.05 * max(abs(top), 1.0))
        ax.set_xlim(max(low - room, -0.05 * max(top, 1.0)), top + room)
    ax.axhline(0.0, color=INK, linewidth=0.8, zorder=1)
    ax.grid(color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_xlabel(words)
    if words == COSTS[1][2]:
        ax.xaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True))


def _marks(ax: Axes, points: pd.DataFrame) -> None:
    for kind, rows in points.groupby("kind", sort=False):
        _, mark, fill = KINDS.get(str(kind), (str(kind), "o", "#999999"))
        size = 170 if mark == "*" else 75
        ax.scatter(rows["x"], rows["y"], s=size, marker=mark, c=fill, edgecolors=INK,
                   linewidths=0.9, zorder=3)  # fmt: skip


def _joined(
    x: pd.Series[float], y: pd.Series[float], names: pd.Series[str]
) -> list[tuple[float, float, str]]:
    """Write the names of options that stand on one point together."""
    place: dict[tuple[float, float], list[str]] = {}
    for at_x, at_y, name in zip(x, y, names, strict=True):
        place.setdefault((round(float(at_x), 3), round(float(at_y), 4)), []).append(str(name))
    return [(at[0], at[1], " · ".join(several)) for at, several in place.items()]


def _names(ax: Axes, points: Sequence[tuple[float, float, str]]) -> None:
    """Write each name at the nearest free place beside its mark."""
    inside = ax.get_window_extent()
    pixels = [ax.transData.transform((x, y)) for x, y, _ in points]
    taken = [Bbox.from_bounds(px - 9, py - 9, 18, 18) for px, py in pixels]
    zero = float(ax.transData.transform((0.0, 0.0))[1])
    taken.append(Bbox.from_extents(inside.x0, zero - 1, inside.x1, zero + 1))
    for x, y, name in sorted(points, key=lambda point: (-point[1], point[0])):
        best = None
        for note in _places(ax, (x, y), name):
            box = _box_of(note)
            if best is None or not (_meets(box, taken) or not _within(box, inside)):
                if best is not None:
                    best.remove()
                best = note
                if not _meets(box, taken) and _within(box, inside):
                    break
            else:
                note.remove()
        if best is not None:
            taken.append(_box_of(best))


def _places(ax: Axes, at: tuple[float, float], name: str) -> Iterator[Annotation]:
    for away in AWAY:
        for right, up in ASIDE:
            arrow = {"arrowstyle": "-", "linewidth": 0.6, "color": "#666666", "shrinkB": 5}
            yield ax.annotate(
                name, at, (right * away, up * away), textcoords="offset points", fontsize=9,
                color=INK, ha={1: "left", 0: "center", -1: "right"}[right],
                va={1: "bottom", 0: "center", -1: "top"}[up], zorder=4,
                arrowprops=arrow if away > SHORTEST else None,
                path_effects=[withStroke(linewidth=2.5, foreground="white")],
            )  # fmt: skip


def _box_of(note: Annotation) -> Bbox:
    """Return what the words of a note cover, without the line to it [pixels]."""
    note.update_positions(note.axes.figure.canvas.get_renderer())  # type: ignore[union-attr]
    text = mpl.text.Text.get_window_extent(note)
    return Bbox.from_extents(text.x0 - 2, text.y0 - 1, text.x1 + 2, text.y1 + 1)


def _meets(box: Bbox, taken: Sequence[Bbox]) -> bool:
    return any(box.overlaps(other) for other in taken)


def _within(box: Bbox, frame: Bbox) -> bool:
    return bool(box.x0 >= frame.x0 and box.x1 <= frame.x1 + 12 and box.y0 >= frame.y0
                and box.y1 <= frame.y1 + 12)  # fmt: skip


def _explain(figure: Figure, picture: pd.DataFrame) -> None:
    """Say what each mark means and which way is better."""
    handles = [
        Line2D([], [], linestyle="", marker=mark, markerfacecolor=fill, markeredgecolor=INK,
               markersize=11 if mark == "*" else 8, label=words)
        for kind, (words, mark, fill) in KINDS.items()
        if kind in set(picture["kind"])
    ]  # fmt: skip
    figure.legend(
        handles=handles, loc="outside lower left", ncols=len(handles), frameon=False, fontsize=9,
        title="Lower is better for the aim, further left is cheaper for families.  Kind of option:",
        title_fontsize=9, alignment="left",
    )  # fmt: skip


def _in_words(picture: pd.DataFrame) -> str:
    """Return the text alternative of the picture."""
    rows: Sequence[Mapping[Any, Any]] = picture.to_dict("records")
    told = [
        f"{row['option']}: {row['aim']} {_number(row['aim_value'], 3)}, mean way "
        f"{_number(row['travel_mean_m'] / 1000, 2)} km, {_number(row['transitions'], 2)} changes"
        for row in rows
    ]
    return "; ".join(told)


def _number(value: float, decimals: int) -> str:
    return "not known" if np.isnan(value) else f"{value:.{decimals}f}"
