"""Zones are melted without gaps or overlaps, and simplified alike on both sides."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from planner.hearing.zone_maps import _window
from planner.hearing.zones import dissolve, label_point, neighbours, simplify


def grid(side: int = 6, size_m: float = 100.0) -> gpd.GeoSeries:
    """Return square blocks, row by row, ids b00, b01 and so on."""
    boxes = [
        shapely.box(x * size_m, y * size_m, (x + 1) * size_m, (y + 1) * size_m)
        for y in range(side)
        for x in range(side)
    ]
    return gpd.GeoSeries(boxes, index=[f"b{n:02d}" for n in range(side**2)], crs=32618)


@given(st.lists(st.sampled_from(["A", "B", "C", "D+E"]), min_size=36, max_size=36))
def test_zones_cover_the_district_once(owners: list[str]) -> None:
    """For any assignment the zones are a valid coverage of the same area."""
    blocks = grid()
    zones = dissolve(blocks, pd.Series(owners, index=blocks.index))
    assert shapely.coverage_is_valid(np.asarray(zones.array))
    assert zones.area.sum() == pytest.approx(blocks.area.sum())
    assert list(zones.index) == sorted(set(owners))


def test_blocks_without_a_school_are_left_out() -> None:
    """An unknown owner is no zone."""
    blocks = grid(2)
    owner = pd.Series({"b00": "A", "b01": "", "b02": None, "b03": "A"})
    zones = dissolve(blocks, owner)
    assert list(zones.index) == ["A"]
    assert zones.area.sum() == pytest.approx(2 * 100.0**2)


def test_simplified_blocks_still_fit_together() -> None:
    """Less detail opens no gap between neighbours."""
    wavy = [
        [(0, 0), (50, 3), (100, 0), (100, 100), (0, 100)],
        [(0, 0), (50, 3), (100, 0), (100, -100), (0, -100)],
    ]
    blocks = gpd.GeoSeries([shapely.Polygon(p) for p in wavy], index=["a", "b"], crs=32618)
    simple = simplify(blocks, 20.0)
    assert shapely.coverage_is_valid(np.asarray(simple.array))
    assert simple.area.sum() == pytest.approx(blocks.area.sum())
    assert sum(map(shapely.get_num_coordinates, simple)) < sum(
        map(shapely.get_num_coordinates, blocks)
    )


def test_neighbours_are_pairs_of_different_known_owners() -> None:
    """Each pair once; unknown owners touch nobody."""
    edges = np.array([[0, 1], [1, 2], [2, 3], [0, 3]])
    owner = np.array(["B", "A", "A", ""])
    assert neighbours(edges, owner) == {("A", "B")}


def test_the_label_point_is_inside_the_largest_part() -> None:
    """A name never stands in a hole or outside."""
    ring = shapely.box(0, 0, 90, 90).difference(shapely.box(10, 10, 80, 80))
    shape = shapely.union(ring, shapely.box(200, 0, 205, 5))
    x, y, radius = label_point(shape)
    assert shapely.contains_xy(shape, x, y)
    assert 0 < radius <= 10


def test_a_close_up_shows_little_outside_the_district() -> None:
    """The square around a long zone at the edge is moved inwards, not filled with nothing."""
    whole = grid(side=10, size_m=1.0)
    top = whole.iloc[90:]
    west, south, east, north = shapely.bounds(_window(top, whole, np.array([])))
    assert (east - west, north - south) == pytest.approx((11.6, 11.6))
    assert north == pytest.approx(10 + 0.08 * 11.6)
    assert shapely.covers(shapely.box(west, south, east, north), top.union_all())
