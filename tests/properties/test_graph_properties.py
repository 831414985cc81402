"""The contiguity graph against a count of unit edges on a chequered field."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geodata.geometry import drawing_copy
from geodata.graph import graph_from_polygons

SIDE = 50.0
FIELDS = hnp.arrays(
    np.int8,
    hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=6),
    elements=st.integers(-1, 5),
).filter(lambda field: (field >= 0).any())


def outlines(field: np.ndarray) -> dict[str, object]:
    """Draw the owner of each cell; -1 is nobody's land, so gaps and multiparts occur."""
    cells: dict[str, list[object]] = {}
    for (row, column), owner in np.ndenumerate(field):
        if owner >= 0:
            x, y = column * SIDE, row * SIDE
            cells.setdefault(f"{owner:02d}", []).append(shapely.box(x, y, x + SIDE, y + SIDE))
    return {owner: shapely.union_all(parts) for owner, parts in cells.items()}


def counted_borders(field: np.ndarray) -> dict[tuple[str, str], float]:
    """Count unit edges between cells of different owners: the oracle."""
    found: Counter[tuple[str, str]] = Counter()
    for one, other in ((field[:, :-1], field[:, 1:]), (field[:-1], field[1:])):
        for a, b in zip(one.ravel(), other.ravel(), strict=True):
            if a != b and a >= 0 and b >= 0:
                first, second = sorted((f"{a:02d}", f"{b:02d}"))
                found[first, second] += 1
    return {pair: count * SIDE for pair, count in found.items()}


def told_borders(graph) -> dict[tuple[str, str], float]:
    return {
        (str(graph.ids[i]), str(graph.ids[j])): round(float(length), 6)
        for i, j, length in zip(graph.edge_i, graph.edge_j, graph.shared_m, strict=True)
        if length > 0
    }


def build(shapes: dict[str, object], **options):
    series = gpd.GeoSeries(list(shapes.values()), crs="EPSG:26915")
    return graph_from_polygons(list(shapes), series, **options)


@settings(max_examples=150, deadline=None)
@given(FIELDS)
def test_borders_are_the_unit_edges_between_owners(field):
    """Corners never count, parts add up, lengths are exact."""
    graph, _ = build(outlines(field), bridge_isolates=False)
    assert told_borders(graph) == counted_borders(field)


@settings(max_examples=50, deadline=None)
@given(FIELDS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(field, random):
    """Shuffled rows give the same graph, bridges included."""
    shapes = outlines(field)
    shuffled = list(shapes.items())
    random.shuffle(shuffled)
    assert build(shapes)[0] == build(dict(shuffled))[0]


@settings(max_examples=50, deadline=None)
@given(FIELDS)
def test_isolates_are_linked_and_borders_stay(field):
    """Bridging adds one link of length 0 for each isolate at most, and removes nothing."""
    shapes = outlines(field)
    bare, _ = build(shapes, bridge_isolates=False)
    linked, faults = build(shapes)
    assert told_borders(linked) == told_borders(bare)
    assert linked.n_borders - bare.n_borders == len(linked.bridges) <= len(bare.isolates())
    assert linked.isolates() == () or linked.n_blocks == 1
    assert bool(faults) == (bool(bare.isolates()) and linked.n_blocks > 1)


@settings(max_examples=50, deadline=None)
@given(FIELDS, st.data())
def test_barriers_remove_exactly_their_borders(field, data):
    """A declared barrier takes its border and no other."""
    shapes = outlines(field)
    expected = counted_borders(field)
    barred = data.draw(st.sets(st.sampled_from(sorted(expected)))) if expected else set()
    graph, faults = build(shapes, barriers=sorted(barred), bridge_isolates=False)
    assert told_borders(graph) == {
        pair: length for pair, length in expected.items() if pair not in barred
    }
    assert not any(fault.is_fatal for fault in faults)


@settings(max_examples=50, deadline=None)
@given(FIELDS)
def test_slivers_of_overlap_do_not_lose_borders(field):
    """A small overlap inside one border leaves every pair of neighbours in place."""
    shapes = outlines(field)
    pushed = dict(shapes)
    first = next(iter(shapes))
    for corner in shapely.get_coordinates(shapes[first])[:1]:
        bump = shapely.box(*(corner - 0.2), *(corner + 0.2))
        pushed[first] = shapely.union(shapes[first], bump)
    graph, _ = build(pushed, bridge_isolates=False)
    assert set(counted_borders(field)) <= set(told_borders(graph))


@settings(max_examples=50, deadline=None)
@given(FIELDS)
def test_outer_perimeters_add_up_to_the_outline_of_the_whole(field):
    """What no neighbour shares is the outline of the district."""
    shapes = outlines(field)
    graph, _ = build(shapes, bridge_isolates=False)
    series = gpd.GeoSeries(list(shapes.values()), index=list(shapes), crs="EPSG:26915").sort_index()
    whole = shapely.length(shapely.union_all(series.to_numpy()))
    assert np.isclose(series.length.sum() - 2 * graph.shared_m.sum(), whole)


@settings(max_examples=30, deadline=None)
@given(FIELDS)
def test_a_clean_layer_is_drawn_unchanged_in_area(field):
    """Cleaning keeps every area of a layer that has no fault."""
    shapes = gpd.GeoSeries(list(outlines(field).values()), crs="EPSG:26915")
    copy, _ = drawing_copy(shapes)
    np.testing.assert_allclose(copy.area, shapes.area)
