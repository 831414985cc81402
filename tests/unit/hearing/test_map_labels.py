"""Names and numbers on the printed maps: where they stand, and that what has room has one."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle

from planner.hearing import labels
from planner.hearing.labels import Label, place_labels
from planner.hearing.maps import draw_changes, draw_zones
from planner.hearing.packet import Packet
from planner.hearing.palette import INK, pale
from planner.hearing.poster import draw_poster
from planner.hearing.scene import Scene, build_scene
from planner.hearing.words import load_words

SIDE = 6
BLOCK_M = 1000.0


def place(zone: shapely.Geometry, name: str, taken: tuple[shapely.Geometry, ...] = ()) -> Label:
    """Return where a name of ten points stands, one metre a point."""
    middle = shapely.centroid(zone)
    anchors = {"a": [(middle.x, middle.y, 0.0)]}
    return place_labels(
        {"a": zone}, anchors, {"a": name}, metres_per_point=1.0, points=10.0, taken=taken
    )["a"]


def scene_of(*owners: pd.Series[str], at: Mapping[str, tuple[int, int]]) -> Scene:
    """Return a square district of blocks with schools in the middle of some."""
    places = [(row, column) for row in range(SIDE) for column in range(SIDE)]
    shapes = [
        shapely.box(*(BLOCK_M * np.array([column, row, column + 1, row + 1])))
        for row, column in places
    ]
    blocks = gpd.GeoSeries(shapes, index=[f"b{n}" for n in range(SIDE**2)], crs=32610)
    near = shapely.STRtree(shapes).query(shapes, predicate="touches").T
    schools = pd.DataFrame(
        {
            "name": [f"{name} School" for name in at],
            "x_m": [BLOCK_M * (column + 0.5) for _, column in at.values()],
            "y_m": [BLOCK_M * (row + 0.5) for row, _ in at.values()],
        },
        index=list(at),
    )
    return build_scene("elementary", blocks, schools, near[near[:, 0] < near[:, 1]], owners)


def zones_of(*rows: str) -> pd.Series[str]:
    """Return who serves each block, from the first row of blocks in the south."""
    letters = [letter for row in rows for letter in row]
    return pd.Series(letters, index=[f"b{n}" for n in range(SIDE**2)], dtype=str)


TODAY = zones_of("AAABBB", "AAABBB", "AAACCC", "AAACCC", "AAACCC", "AAACCC")
CLOSED_C = zones_of("AAABBB", "AAABBB", "AAABBB", "AAABBB", "AAABBB", "AAABBB")
SCHOOLS = {"A": (3, 1), "B": (0, 4), "C": (4, 4)}


@pytest.fixture
def ax() -> Axes:
    return Figure(figsize=(4, 4)).add_axes((0, 0, 1, 1))


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def fills(ax: Axes) -> list[tuple[str, str | None]]:
    """Return fill and pattern of every area."""
    patches = [patch for patch in ax.patches if isinstance(patch, PathPatch)]
    return [(to_hex(patch.get_facecolor()), patch.get_hatch()) for patch in patches]


def test_a_name_goes_elsewhere_in_its_zone_where_its_place_is_taken() -> None:
    """A mark in the middle of a long zone, and all around it, leaves room at the ends."""
    zone = shapely.box(0, 0, 1000, 20)
    mark = shapely.box(300, -20, 700, 40)
    label = place(zone, "→ 8", (mark,))
    assert label.points == 10.0
    assert not shapely.intersects(label.box, mark)
    assert shapely.area(shapely.intersection(label.box, zone)) > 0.9 * shapely.area(label.box)


def test_a_name_gets_smaller_before_it_is_left_out() -> None:
    """Down to 0.7 of the usual size and no further."""
    assert place(shapely.box(0, 0, 60, 30), "→ 10").points == 10.0
    assert place(shapely.box(0, 0, 16, 10), "→ 10").points == pytest.approx(7.0)
    with pytest.raises(KeyError):
        place(shapely.box(0, 0, 12, 8), "→ 10")


def test_a_moved_area_is_drawn_as_its_new_school_is(ax: Axes) -> None:
    """Full colour and own pattern, as in the key; what stays is pale and plain."""
    scene = scene_of(TODAY, CLOSED_C, at=SCHOOLS)
    draw_changes(ax, scene, TODAY, CLOSED_C)
    drawn = fills(ax)
    new = scene.swatches["B"]
    assert (new.fill, new.hatch * 2 or None) in drawn
    assert (pale(new.fill), None) in drawn
    assert (pale(scene.swatches["A"].fill), None) in drawn


def test_a_moved_area_has_a_dark_frame(ax: Axes) -> None:
    """A pale colour without pattern would not be seen to move otherwise."""
    scene = scene_of(TODAY, CLOSED_C, at=SCHOOLS)
    draw_changes(ax, scene, TODAY, CLOSED_C)
    frames = [p for p in ax.patches if to_hex(p.get_edgecolor()) == INK and p.get_linewidth() > 2]
    assert len(frames) == 1
    assert frames[0].get_clip_path() is not None


def test_a_moved_area_has_its_number_beside_the_mark_of_a_closed_school(ax: Axes) -> None:
    """The mark stands where the number would, and both are read; so is the zone's name."""
    scene = scene_of(TODAY, CLOSED_C, at=SCHOOLS | {"C": (3, 4)})
    draw_changes(ax, scene, TODAY, CLOSED_C)
    assert "→ 2" in texts(ax)
    assert {"A", "B"} <= set(texts(ax))


def test_areas_from_two_schools_have_a_number_each(ax: Axes) -> None:
    """Families of either look for theirs, also where the two areas meet."""
    only_a = zones_of(*["AAAAAA"] * SIDE)
    draw_changes(ax, scene_of(TODAY, only_a, at=SCHOOLS), TODAY, only_a)
    assert texts(ax).count("→ 1") == 2


def test_a_zone_that_only_gains_areas_keeps_its_name(ax: Axes) -> None:
    """The name of a new school stands on what moves to it, for nothing of its zone stays."""
    today = zones_of(*["AAAAAA"] * SIDE)
    draw_changes(ax, scene_of(today, TODAY, at=SCHOOLS), today, TODAY)
    assert {"A", "B", "C"} <= set(texts(ax))


def test_a_piece_apart_has_the_number_of_its_school(ax: Axes) -> None:
    """A piece with neither the name nor the school would be known by its pattern alone."""
    zones = zones_of("AAABBB", "AAABBB", "AAACCC", "AAACCC", "AAACAA", "AAACAA")
    draw_zones(ax, scene_of(zones, at=SCHOOLS | {"C": (2, 4)}), zones)
    plain = [text for text in ax.texts if text.get_text() == "1" and text.get_zorder() == 7]
    assert len(plain) == 1
    x, y = plain[0].get_position()
    assert x > 4 * BLOCK_M
    assert y > 4 * BLOCK_M


def crosses(ax: Axes) -> list[tuple[float, float]]:
    """Return where discs are crossed out."""
    return [tuple(line.get_xydata()[0]) for line in ax.lines if line.get_marker() == "x"]


def test_the_number_of_a_closed_school_is_read_above_its_cross(ax: Axes) -> None:
    """Dark on a rim that keeps the cross away."""
    scene = scene_of(TODAY, CLOSED_C, at=SCHOOLS)
    draw_zones(ax, scene, CLOSED_C)
    where = crosses(ax)
    assert len(where) == 1
    number = next(text for text in ax.texts if text.get_position() == where[0])
    assert number.get_text() == "3"
    assert number.get_color() == INK
    assert number.get_path_effects()
    assert number.get_zorder() > max(line.get_zorder() for line in ax.lines)


def test_the_key_of_a_poster_shows_the_mark_of_a_closed_school(packet: Packet) -> None:
    """A grey box would not tell what the crossed-out disc on the map is."""
    scene, words = scene_of(TODAY, CLOSED_C, at=SCHOOLS), load_words("en")
    imprint = packet.options[0].imprint
    key = draw_poster(scene, TODAY, CLOSED_C, imprint, words, changes=True).axes[1]
    assert len(crosses(key)) == 1
    (line,) = [text for text in key.texts if words("map.closed") in text.get_text()]
    assert abs(line.get_position()[1] - crosses(key)[0][1]) < 0.1
    boxes = [patch for patch in key.patches if isinstance(patch, Rectangle)]
    assert len(boxes) == len(SCHOOLS) - 1


def test_a_text_is_as_wide_whatever_was_drawn_before() -> None:
    """Drawing sets the size of matplotlib's own fonts; the one that measures is another."""
    widths = set()
    for size in (10, 50):
        figure = Figure()
        figure.text(0.5, 0.5, "Ж", fontsize=size, fontweight="bold", family="DejaVu Sans")
        FigureCanvasAgg(figure).draw()
        labels._advance.cache_clear()
        widths.add(labels.text_size("Ж", 10.0)[0])
    assert len(widths) == 1
