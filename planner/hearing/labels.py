"""Where names stand on a map: inside their zone, never on top of each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import shapely
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

__all__ = ["Anchor", "Label", "place_labels", "short_names", "text_size", "wrap"]

Anchor = tuple[float, float, float]

_GENERIC = ("elementary", "middle", "high", "primary", "intermediate", "senior", "junior", "school")
_FEWEST_INSIDE = 0.55  # share of a name that must lie on its own zone
_TRIES = ((1.0, False), (1.0, True), (0.85, True), (0.7, True))
"""Shares of the usual type size, and whether a name may stand anywhere in its zone."""
_GRID = 14  # lines across a zone, each way, whose crossings are tried


@dataclass(frozen=True, slots=True)
class Label:
    """A name and where it stands.

    Parameters
    ----------
    text : str
        May have two lines.
    x, y : float
        Centre [m].
    points : float
        Type size.
    box : shapely box
        What it covers [m].
    """

    text: str
    x: float
    y: float
    points: float
    box: shapely.Geometry


def short_names(names: Mapping[str, str]) -> dict[str, str]:
    """Leave out the words every school shares, where the rest is still unique.

    Parameters
    ----------
    names : mapping of school to its full name
    """
    short = {}
    for school, name in names.items():
        words = name.split()
        while len(words) > 1 and words[-1].lower().strip(".") in _GENERIC:
            words = words[:-1]
        short[school] = " ".join(words)
    count: dict[str, int] = {}
    for name in short.values():
        count[name] = count.get(name, 0) + 1
    return {s: names[s] if count[name] > 1 else name for s, name in short.items()}


def wrap(name: str, longest: int = 12) -> str:
    """Break a long name into two lines of similar length, or the schools of a zone apart."""
    if " · " in name:
        return name.replace(" · ", "\n")
    if len(name) <= longest or " " not in name:
        return name
    spaces = [at for at, letter in enumerate(name) if letter == " "]
    middle = min(spaces, key=lambda at: abs(at - len(name) / 2))
    return name[:middle] + "\n" + name[middle + 1 :]


def text_size(text: str, points: float, *, bold: bool = True) -> tuple[float, float]:
    """Return width and height of a text of one or more lines [points]."""
    lines = text.split("\n")
    width = max(sum(_advance(letter, bold) for letter in line) for line in lines)
    return width * points, len(lines) * points * 1.25


@cache
def _font(bold: bool) -> FT2Font:
    """Return a font of our own: drawing changes the size of those that matplotlib shares."""
    weight = "bold" if bold else "normal"
    font = FT2Font(findfont(FontProperties(family="DejaVu Sans", weight=weight)))
    font.set_size(100, 72)
    return font


@cache
def _advance(letter: str, bold: bool) -> float:
    """Return how far a letter moves the pen, as a share of the type size."""
    return float(_font(bold).load_char(ord(letter)).linearHoriAdvance) / 65536 / 100


def place_labels(
    zones: Mapping[str, shapely.Geometry],
    anchors: Mapping[str, Sequence[Anchor]],
    names: Mapping[str, str],
    *,
    metres_per_point: float,
    points: float,
    taken: Iterable[shapely.Geometry] = (),
) -> dict[str, Label]:
    """Place one name in each zone, small zones first; names without room are left out.

    A name stands at an anchor; without room there, anywhere in its zone; at last in smaller type.

    Parameters
    ----------
    zones : mapping of owner to shape
    anchors : mapping of owner to (x, y, radius) [m]
        What the name would best stand at, first choice first; the radius is kept clear.
    names : mapping of owner to text
    metres_per_point : float [m]
        Map scale.
    points : float
        Usual type size; what has no room may be as small as 0.7 of it.
    taken : iterable of shapes
        What no name may cover, such as the marks of the schools.
    """
    placed: dict[str, Label] = {}
    used = list(taken)
    for owner in sorted(zones, key=lambda o: (shapely.area(zones[o]), o)):
        if not names.get(owner):
            continue
        label = _first_place(
            zones[owner],
            anchors[owner],
            names[owner],
            scale=metres_per_point,
            points=points,
            used=used,
        )
        if label is not None:
            placed[owner] = label
            used.append(label.box)
    return placed


def _first_place(
    zone: shapely.Geometry,
    anchors: Sequence[Anchor],
    name: str,
    *,
    scale: float,
    points: float,
    used: Sequence[shapely.Geometry],
) -> Label | None:
    """Return the best place of the first try with room."""
    blocked = shapely.STRtree(np.asarray(used, dtype=object))
    shapely.prepare(zone)
    inner: list[tuple[float, float]] = []
    for share, anywhere in _TRIES:
        if anywhere and not inner:
            inner = _inner_points(zone)
        label = _best_place(
            zone, anchors, inner, name, scale=scale, points=points * share, blocked=blocked
        )
        if label is not None:
            return label
    return None


def _best_place(
    zone: shapely.Geometry,
    anchors: Sequence[Anchor],
    inner: Sequence[tuple[float, float]],
    name: str,
    *,
    scale: float,
    points: float,
    blocked: shapely.STRtree,
) -> Label | None:
    """Return the place with most of the name on its zone that covers nothing."""
    best: tuple[float, Label] | None = None
    for text in dict.fromkeys((wrap(name), name, wrap(name, longest=8))):
        width, height = (side * scale + scale * points / 3 for side in text_size(text, points))
        if shapely.area(zone) < _FEWEST_INSIDE * width * height:
            continue
        for rank, (x, y) in enumerate([*_candidates(anchors, width, height), *inner]):
            box = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if len(blocked.query(box, predicate="intersects")):
                continue
            inside = shapely.area(shapely.intersection(box, zone)) / shapely.area(box)
            if inside < _FEWEST_INSIDE:
                continue
            merit = inside - 0.004 * rank
            if best is None or merit > best[0] + 1e-9:
                best = (merit, Label(text, x, y, points, box))
        if best is not None and best[0] > 0.9:
            break
    return None if best is None else best[1]


def _inner_points(zone: shapely.Geometry) -> list[tuple[float, float]]:
    """List points all over a zone, the roomiest first."""
    west, south, east, north = shapely.bounds(zone)
    share = (np.arange(_GRID) + 0.5) / _GRID
    x, y = (
        v.ravel()
        for v in np.meshgrid(west + share * (east - west), south + share * (north - south))
    )
    inside = shapely.contains_xy(zone, x, y)
    x, y = x[inside], y[inside]
    room = shapely.distance(shapely.boundary(zone), shapely.points(x, y))
    order = np.argsort(-room, kind="stable")
    return [(float(x[at]), float(y[at])) for at in order]


def _candidates(
    anchors: Sequence[Anchor], width: float, height: float
) -> list[tuple[float, float]]:
    """List centres around the anchors, nearest first."""
    around = [(0, -1), (0, 1), (1, 0), (-1, 0), (0.7, -1), (-0.7, -1), (0.7, 1), (-0.7, 1)]
    places: list[tuple[float, float]] = []
    for reach in (1.0, 1.7, 2.6):
        for x, y, radius in anchors:
            across, along = radius + width / 2, radius + height / 2
            if not radius and reach == 1.0:
                places.append((x, y))
            places += [(x + dx * reach * across, y + dy * reach * along) for dx, dy in around]
    return places
