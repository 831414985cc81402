"""Outlines: every fault is found, maps get a clean copy, inputs stay untouched."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, Point, Polygon, box

from geodata.geometry import drawing_copy, geometry_faults

METRIC = "EPSG:26915"


def layer(*shapes: object) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=METRIC)


def found(*shapes: object) -> dict[str, object]:
    ids = [f"b{number}" for number in range(len(shapes))]
    return {fault.code: fault for fault in geometry_faults(ids, layer(*shapes), "blocks.gpkg")}


def test_good_outlines_have_no_faults():
    """A clean layer is silent."""
    assert found(box(0, 0, 100, 100), box(100, 0, 200, 100)) == {}


def test_missing_empty_and_wrong_shapes_are_fatal():
    """Rows without a polygon cannot be placed; each kind names its rows."""
    faults = found(box(0, 0, 100, 100), None, Polygon(), Point(1, 1), LineString([(0, 0), (1, 1)]))
    assert {code: (fault.severity, fault.rows) for code, fault in faults.items()} == {
        "geometry_missing": ("fatal", ("b1",)),
        "geometry_empty": ("fatal", ("b2",)),
        "geometry_no_polygon": ("fatal", ("b3", "b4")),
    }


def test_a_bow_tie_is_fatal():
    """An outline that crosses itself in the middle has no area to speak of."""
    fault = found(Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]))["geometry_invalid"]
    assert fault.severity == "fatal"
    assert fault.rows[0].startswith("b0: Self-intersection")


def test_a_harmless_invalid_outline_is_a_warning():
    """A spike or a tiny crossing leaves the area as good as unchanged."""
    spiked = Polygon([(0, 0), (100, 0), (100, 50), (150, 50), (100, 50), (100, 100), (0, 100)])
    faults = found(spiked, box(200, 0, 300, 100))
    assert faults["geometry_invalid_slightly"].severity == "warning"
    assert "geometry_invalid" not in faults


def test_overlaps_name_both_blocks_and_the_area():
    """Pairs that overlap are told, the largest first."""
    fault = found(box(0, 0, 100, 100), box(90, 0, 200, 100), box(199, 0, 300, 100))[
        "geometry_overlap"
    ]
    assert fault.severity == "warning"
    assert fault.rows == ("b0 - b1: 1,000 m²", "b1 - b2: 100 m²")
    assert "1,100 m²" in fault.message


def test_a_block_inside_another_is_an_overlap():
    """Nested outlines touch nowhere and overlap all the same."""
    assert "geometry_overlap" in found(box(0, 0, 100, 100), box(40, 40, 60, 60))


def test_gaps_are_told_with_the_blocks_around_them():
    """A hole that no block fills is a gap, whether a lake or a fault."""
    ring = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    fault = found(ring)["geometry_gap"]
    assert fault.severity == "warning"
    assert fault.rows == ("between b0: 400 m²",)


def test_a_sliver_gap_between_two_blocks_is_counted_as_one():
    """A narrow hole between two outlines is called a sliver."""
    left = box(0, 0, 100, 100)
    right = Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (100, 80), (100.5, 50), (100, 20)])
    assert "1 of them slivers" in found(left, right)["geometry_gap"].message


def test_sliver_blocks_are_told():
    """A block a few centimetres wide is a remain of drawing."""
    assert found(box(0, 0, 100, 100), box(100, 0, 100.05, 100))["geometry_sliver"].rows == (
        "b1: 0.05 m",
    )


def test_every_kind_of_fault_is_told_at_once():
    """One broken row does not hide the others."""
    faults = found(None, box(0, 0, 100, 100), box(90, 0, 200, 100), box(300, 0, 300.1, 50))
    assert set(faults) == {"geometry_missing", "geometry_overlap", "geometry_sliver"}


def test_a_matching_layer_is_drawn_as_it_is():
    """Nothing to clean, nothing changed, and that is said."""
    shapes = layer(box(0, 0, 100, 100), box(100, 0, 200, 100))
    copy, report = drawing_copy(shapes)
    assert copy.geom_equals(shapes).all()
    assert "as they are" in report


def test_the_drawing_copy_has_no_overlaps_and_no_narrow_gaps():
    """The cleaned copy is a valid coverage with the same index, and says what it did."""
    notched = Polygon(
        [(200, 0), (300, 0), (300, 100), (200, 100), (200, 90), (200.5, 50), (200, 9)]
    )
    shapes = layer(box(0, 0, 100, 100), box(99, 0, 200, 100), notched)
    shapes.index = ["x", "y", "z"]
    copy, report = drawing_copy(shapes)
    assert copy.index.tolist() == ["x", "y", "z"]
    assert shapely.coverage_is_valid(copy.to_numpy(), gap_width=0.9)
    assert "cleaned copy" in report


def test_drawing_never_alters_the_inputs():
    """The outlines given are byte for byte what they were."""
    shapes = layer(
        box(0, 0, 100, 100), box(99, 0, 200, 100), Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]), None
    )
    before = [None if shape is None else shape.wkb for shape in shapes]
    drawing_copy(shapes)
    assert [None if shape is None else shape.wkb for shape in shapes] == before


def test_a_nested_block_survives_the_cleaning():
    """A small block under a large one stays on the map."""
    copy, _ = drawing_copy(layer(box(0, 0, 100, 100), box(40, 40, 60, 60)))
    np.testing.assert_allclose(copy.area, [9600.0, 400.0])


def test_feet_are_refused():
    """Areas in square feet would be told as square metres."""
    shapes = gpd.GeoSeries([box(0, 0, 1, 1)], crs="EPSG:2284")
    with pytest.raises(ValueError, match="metres"):
        geometry_faults(["a"], shapes, "blocks.gpkg")
