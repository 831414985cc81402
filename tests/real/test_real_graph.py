"""The contiguity graph of two real layers, against numbers counted by other means."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geodata.geometry import drawing_copy, geometry_faults
from geodata.graph import connectivity_faults, graph_from_polygons

HENRICO_BORDERS = 15_035
HENRICO_ISOLATES = 7


def layer(path: Path, id_column: str, crs: str) -> gpd.GeoSeries:
    read = gpd.read_file(path).to_crs(crs)
    return read.set_index(id_column).geometry.sort_index()


@pytest.fixture(scope="module")
def henrico(shared_data: Path) -> gpd.GeoSeries:
    return layer(shared_data / "henrico-va" / "blocks.geojson", "geoid", "EPSG:26918")


@pytest.fixture(scope="module")
def santa_rosa(shared_data: Path) -> gpd.GeoSeries:
    return layer(shared_data / "santa-rosa-ca" / "blocks.geojson", "unit_id", "EPSG:26910")


@pytest.mark.parametrize("crs", ["EPSG:26918", "EPSG:5070"])
def test_henrico_has_its_borders_and_isolates(henrico: gpd.GeoSeries, crs: str):
    """15,035 borders and 7 isolates, in whatever metric system they are measured."""
    graph, faults = graph_from_polygons(
        henrico.index.tolist(), henrico.to_crs(crs), bridge_isolates=False
    )
    assert graph.n_borders == HENRICO_BORDERS
    assert len(graph.isolates()) == HENRICO_ISOLATES
    assert [fault.code for fault in faults] == ["block_left_isolated"]
    assert (graph.shared_m > 0).all()


def test_henrico_is_one_piece_once_its_isolates_are_bridged(henrico: gpd.GeoSeries):
    """Seven bridges to the nearest block, each told, make the county whole."""
    graph, faults = graph_from_polygons(henrico.index.tolist(), henrico)
    assert graph.n_borders == HENRICO_BORDERS + HENRICO_ISOLATES
    assert len(graph.bridges) == HENRICO_ISOLATES
    assert connectivity_faults(graph) == []
    (fault,) = faults
    assert (fault.code, len(fault.rows)) == ("block_isolated", HENRICO_ISOLATES)


def test_touches_would_lose_borders_of_henrico(henrico: gpd.GeoSeries):
    """Blocks that overlap by a sliver still share a border: 23 pairs do not even touch."""
    graph, _ = graph_from_polygons(henrico.index.tolist(), henrico, bridge_isolates=False)
    shapes = henrico.to_numpy()
    touching = shapely.touches(shapes[graph.edge_i], shapes[graph.edge_j])
    assert (~touching).sum() == 23


def test_henrico_overlaps_are_told_and_none_is_fatal(henrico: gpd.GeoSeries):
    """The layer overlaps by 0.007 % of its area and has slivers; it can still be used."""
    faults = {f.code: f for f in geometry_faults(henrico.index.tolist(), henrico, "blocks")}
    assert not any(fault.is_fatal for fault in faults.values())
    assert set(faults) == {"geometry_overlap", "geometry_sliver"}
    assert "0.0066%" in faults["geometry_overlap"].message


def test_henrico_is_drawn_from_a_valid_coverage(henrico: gpd.GeoSeries):
    """The copy for maps has no overlaps and no lost block, and keeps the area."""
    copy, report = drawing_copy(henrico)
    assert "cleaned copy" in report
    assert shapely.coverage_is_valid(copy.to_numpy())
    assert not copy.is_empty.any()
    assert copy.area.sum() == pytest.approx(henrico.area.sum(), rel=2e-4)


def test_santa_rosa_has_its_borders(santa_rosa: gpd.GeoSeries):
    """2,115 borders, one component, no isolate, no overlap."""
    graph, faults = graph_from_polygons(santa_rosa.index.tolist(), santa_rosa)
    assert (graph.n_borders, len(graph.pieces), faults) == (2_115, 1, [])
    codes = {f.code for f in geometry_faults(santa_rosa.index.tolist(), santa_rosa, "blocks")}
    assert codes == {"geometry_crack", "geometry_gap"}


def test_santa_rosa_outer_perimeters_add_up_to_its_outline(santa_rosa: gpd.GeoSeries):
    """What no block shares is the outline of the district, a 4 m² gap included."""
    graph, _ = graph_from_polygons(santa_rosa.index.tolist(), santa_rosa)
    outline = shapely.length(shapely.union_all(santa_rosa.to_numpy()))
    outer = santa_rosa.length.sum() - 2 * graph.shared_m.sum()
    assert np.isclose(outer, outline, rtol=0.001)
