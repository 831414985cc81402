"""Who touches whom: borders, corners, slivers, isolates, bridges and barriers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import MultiPolygon, Polygon, box

from geodata.contiguity import ContiguityGraph
from geodata.graph import connectivity_faults, graph_from_borders, graph_from_polygons

METRIC = "EPSG:26915"


def layer(*shapes: object) -> gpd.GeoSeries:
    return gpd.GeoSeries(list(shapes), crs=METRIC)


def squares(columns: int, rows: int, side: float = 100.0) -> list[Polygon]:
    return [
        box(side * x, side * y, side * (x + 1), side * (y + 1))
        for y in range(rows)
        for x in range(columns)
    ]


def pairs(graph: ContiguityGraph) -> dict[tuple[str, str], float]:
    return {
        (str(graph.ids[i]), str(graph.ids[j])): float(length)
        for i, j, length in zip(graph.edge_i, graph.edge_j, graph.shared_m, strict=True)
    }


def codes(faults: list) -> list[tuple[str, str]]:
    return [(fault.severity, fault.code) for fault in faults]


def test_squares_share_sides_but_not_corners():
    """Four squares around a point have four borders; the diagonals do not count."""
    graph, faults = graph_from_polygons(list("abcd"), layer(*squares(2, 2)))
    assert pairs(graph) == {
        ("a", "b"): 100.0,
        ("a", "c"): 100.0,
        ("b", "d"): 100.0,
        ("c", "d"): 100.0,
    }
    assert faults == []


def test_ids_may_come_in_any_order():
    """The graph sorts ids, and borders follow their blocks."""
    line = squares(3, 1)
    graph, _ = graph_from_polygons(["09", "1", "05"], layer(*line))
    assert graph.ids.tolist() == ["05", "09", "1"]
    assert pairs(graph) == {("05", "1"): 100.0, ("09", "1"): 100.0}
    assert graph.neighbours("1") == ("05", "09")


def test_a_block_of_several_parts_borders_through_each():
    """A multipolygon touches the neighbours of all its parts, and lengths add up."""
    left, middle, right = squares(3, 1)
    graph, _ = graph_from_polygons(["m", "n"], layer(MultiPolygon([left, right]), middle))
    assert pairs(graph) == {("m", "n"): 200.0}


def test_slightly_overlapping_blocks_keep_their_border():
    """A sliver of overlap in a border does not lose the rest of it."""
    left = Polygon([(0, 0), (100, 0), (100, 50), (101, 75), (100, 100), (0, 100)])
    graph, _ = graph_from_polygons(["l", "r"], layer(left, box(100, 0, 200, 100)))
    assert pairs(graph) == {("l", "r"): pytest.approx(50.0)}


@pytest.mark.parametrize("apart_m", [1e-5, -1e-5, 1e-3, -1e-3, 9e-3])
def test_outlines_a_hair_apart_share_a_border(apart_m: float):
    """Rounding and reprojection move vertices by up to a centimetre; the border stays."""
    left = box(0, 0, 100, 100)
    right = Polygon([(100 + apart_m, 0), (200, 0), (200, 100), (100 + apart_m / 2, 100)])
    graph, _ = graph_from_polygons(["l", "r"], layer(left, right))
    assert pairs(graph) == {("l", "r"): pytest.approx(100.0, abs=0.1)}


@pytest.mark.parametrize("apart_m", [0.0, 1e-4])
def test_blocks_that_meet_at_a_corner_share_no_border(apart_m: float):
    """Near a corner two outlines are near each other too, but along no line."""
    right = box(100 + apart_m, 100, 200, 200)
    graph, _ = graph_from_polygons(
        ["l", "r"], layer(box(0, 0, 100, 100), right), bridge_isolates=False
    )
    assert pairs(graph) == {}


def test_a_hole_borders_what_fills_it():
    """A block inside another shares its whole boundary with it."""
    inner = box(40, 40, 60, 60)
    outer = box(0, 0, 100, 100).difference(inner)
    graph, _ = graph_from_polygons(["i", "o"], layer(inner, outer))
    assert pairs(graph) == {("i", "o"): 80.0}


def test_an_isolate_is_bridged_to_the_nearest_block_with_a_warning():
    """A block that touches nobody is linked by a bridge of length 0, and it is told."""
    shapes = [*squares(2, 1), box(230, 0, 260, 30)]
    graph, faults = graph_from_polygons(["a", "b", "z"], layer(*shapes))
    assert pairs(graph) == {("a", "b"): 100.0, ("b", "z"): 0.0}
    assert [bridge[:2] for bridge in graph.bridges] == [("b", "z")]
    assert "30 m" in graph.bridges[0][2]
    assert codes(faults) == [("warning", "block_isolated")]
    assert "z" in faults[0].rows[0]
    assert graph.isolates() == ()


def test_isolates_stay_isolated_when_bridging_is_off():
    """Without bridging an isolate stays one, and that is told too."""
    shapes = [*squares(2, 1), box(230, 0, 260, 30)]
    graph, faults = graph_from_polygons(["a", "b", "z"], layer(*shapes), bridge_isolates=False)
    assert graph.isolates() == ("z",)
    assert codes(faults) == [("warning", "block_left_isolated")]


def test_corner_contact_makes_an_isolate():
    """A block that touches others only at a corner is isolated, 0 m from its nearest block."""
    graph, faults = graph_from_polygons(
        ["a", "b", "c"], layer(*squares(2, 1), box(200, 100, 300, 200))
    )
    assert pairs(graph) == {("a", "b"): 100.0, ("b", "c"): 0.0}
    assert codes(faults) == [("warning", "block_isolated")]


def test_a_layer_of_isolates_only_is_still_linked():
    """Where nobody touches anybody, each block is linked to its nearest one."""
    shapes = [box(0, 0, 10, 10), box(20, 0, 30, 10), box(45, 0, 55, 10)]
    graph, _ = graph_from_polygons(["a", "b", "c"], layer(*shapes))
    assert set(pairs(graph)) == {("a", "b"), ("b", "c")}


def test_missing_outlines_touch_nobody():
    """A block without an outline is left isolated instead of failing."""
    graph, faults = graph_from_polygons(
        ["a", "b", "x", "y"], layer(*squares(2, 1), None, Polygon())
    )
    assert graph.isolates() == ("x", "y")
    assert ("warning", "block_left_isolated") in codes(faults)


def test_a_declared_bridge_links_across_a_gap():
    """A bridge is an edge of length 0 that carries its reason."""
    shapes = [*squares(2, 1), box(300, 0, 400, 100), box(400, 0, 500, 100)]
    graph, faults = graph_from_polygons(
        ["a", "b", "c", "d"], layer(*shapes), bridges=[("c", "b", "Mill Street Bridge")]
    )
    assert pairs(graph)["b", "c"] == 0.0
    assert graph.bridges == (("b", "c", "Mill Street Bridge"),)
    assert faults == []
    assert len(graph.pieces) == 1


def test_a_barrier_takes_a_border_away():
    """Blocks on two sides of a barrier are no neighbours."""
    graph, faults = graph_from_polygons(
        list("abcd"), layer(*squares(2, 2)), barriers=[("b", "a"), ("c", "d")]
    )
    assert set(pairs(graph)) == {("a", "c"), ("b", "d")}
    assert faults == []
    assert graph.pieces == (("a", "c"), ("b", "d"))


def test_a_block_behind_barriers_is_not_bridged_over_them():
    """An isolate made by a barrier is linked to the nearest block on its own side."""
    graph, _ = graph_from_polygons(["a", "b", "c"], layer(*squares(3, 1)), barriers=[("a", "b")])
    assert set(pairs(graph)) == {("b", "c"), ("a", "c")}


def test_a_block_that_may_not_be_linked_at_all_stays_alone():
    """With barriers to everybody an isolate has nowhere to go."""
    graph, faults = graph_from_polygons(
        ["a", "b", "c"], layer(*squares(3, 1)), barriers=[("a", "b"), ("a", "c")]
    )
    assert graph.isolates() == ("a",)
    assert ("warning", "block_left_isolated") in codes(faults)


def test_wrong_bridges_and_barriers_are_all_told():
    """Every declared pair that cannot be meant gets its own fault; the graph goes on."""
    graph, faults = graph_from_polygons(
        list("abcd"),
        layer(*squares(2, 2)),
        bridges=[("a", "nowhere"), ("b", "b"), ("a", "b"), ("c", "d")],
        barriers=[("c", "d"), ("a", "d"), ("q", "a")],
    )
    assert sorted(codes(faults)) == [
        ("fatal", "barrier_unknown_block"),
        ("fatal", "bridge_over_barrier"),
        ("fatal", "bridge_unknown_block"),
        ("fatal", "bridge_with_itself"),
        ("warning", "barrier_without_border"),
        ("warning", "bridge_along_border"),
    ]
    assert graph.bridges == ()
    assert ("c", "d") not in pairs(graph)


def test_a_district_in_pieces_is_told():
    """Pieces that nothing links are a warning that names the smaller ones."""
    shapes = [*squares(2, 1), box(300, 0, 400, 100), box(400, 0, 500, 100)]
    graph, _ = graph_from_polygons(["c", "d", "a", "b"], layer(*shapes))
    assert graph.pieces == (("a", "b"), ("c", "d"))
    (fault,) = connectivity_faults(graph)
    assert (fault.severity, fault.code) == ("warning", "graph_disconnected")
    assert fault.rows == ("c", "d")


def test_a_connected_district_has_no_connectivity_fault():
    """One piece, nothing to say."""
    graph, _ = graph_from_polygons(list("abcd"), layer(*squares(2, 2)))
    assert connectivity_faults(graph) == []


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2284"])
def test_degrees_and_feet_are_refused(crs: str):
    """Lengths are metres: other units would be measured wrongly."""
    shapes = gpd.GeoSeries(squares(2, 1), crs=crs)
    with pytest.raises(ValueError, match="metres"):
        graph_from_polygons(["a", "b"], shapes)


def test_repeated_ids_are_refused():
    """Two blocks of one id cannot be told apart."""
    with pytest.raises(ValueError, match="unique"):
        graph_from_polygons(["a", "a"], layer(*squares(2, 1)))


def test_no_blocks_make_an_empty_graph():
    """Zero blocks are a graph, too."""
    graph, faults = graph_from_polygons([], layer())
    assert (graph.n_blocks, graph.n_borders, faults, graph.pieces) == (0, 0, [], ())


def test_one_block_has_nobody_to_be_linked_to():
    """A district of one block is whole."""
    graph, faults = graph_from_polygons(["a"], layer(box(0, 0, 1, 1)))
    assert (graph.n_borders, faults) == (0, [])


# --- tables of borders -----------------------------------------------------------------------


def test_a_table_of_borders_gives_the_graph():
    """Pairs in either order, listed once or twice, with lengths known or not."""
    table = pd.DataFrame(
        {
            "i": ["b", "a", "c"],
            "j": ["a", "b", "b"],
            "shared_m": [12.5, 12.5, None],
        }
    )
    graph, faults = graph_from_borders(["c", "b", "a"], table)
    assert faults == []
    assert (graph.edge_i.tolist(), graph.edge_j.tolist()) == ([0, 1], [1, 2])
    np.testing.assert_array_equal(graph.shared_m, [12.5, np.nan])


def test_a_table_without_lengths_leaves_them_unknown():
    """No length column means unknown lengths, not zero."""
    graph, _ = graph_from_borders(["a", "b"], pd.DataFrame({"i": ["a"], "j": ["b"]}))
    assert np.isnan(graph.shared_m).all()


def test_a_border_of_length_zero_is_a_corner():
    """A listed border without length is no border."""
    table = pd.DataFrame({"i": ["a"], "j": ["b"], "shared_m": [0.0]})
    graph, faults = graph_from_borders(["a", "b"], table)
    assert graph.n_borders == 0
    assert codes(faults) == [("warning", "block_left_isolated")]


def test_every_fault_of_a_table_is_told_with_its_rows():
    """Unknown ids, self borders, impossible lengths and contradictions are fatal."""
    table = pd.DataFrame(
        {
            "i": ["a", "a", "a", "a", "b", "b", "c"],
            "j": ["b", "x", "a", "c", "c", "c", "d"],
            "shared_m": ["5", "5", "5", "-1", "7", "8", "long"],
        },
        index=range(2, 9),
    )
    graph, faults = graph_from_borders(list("abcd"), table)
    assert {fault.code: fault.rows for fault in faults if fault.is_fatal} == {
        "border_unknown_block": ("3",),
        "border_with_itself": ("4",),
        "border_length": ("5", "8"),
        "border_repeated": ("6", "7"),
    }
    assert pairs(graph) == {("a", "b"): 5.0}


def test_points_let_a_table_bridge_its_isolates():
    """With points known, an isolated block is linked to the nearest one."""
    table = pd.DataFrame({"i": ["a"], "j": ["b"], "shared_m": [5.0]})
    points = np.array([[0.0, 0.0], [10.0, 0.0], [17.0, 0.0]])
    graph, faults = graph_from_borders(["a", "b", "z"], table, points=points)
    assert pairs(graph) == {("a", "b"): 5.0, ("b", "z"): 0.0}
    assert codes(faults) == [("warning", "block_isolated")]


# --- the graph itself ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ids", "i", "j", "shared", "message"),
    [
        (["b", "a"], [0], [1], [1.0], "sorted"),
        (["a", "a"], [0], [1], [1.0], "unique"),
        (["a", "b"], [1], [0], [1.0], "edge_i < edge_j"),
        (["a", "b"], [0], [2], [1.0], "outside"),
        (["a", "b"], [0], [1], [-1.0], "0 or more"),
        (["a", "b"], [0, 0], [1, 1], [1.0, 1.0], "unique"),
        (["a", "b", "c"], [1, 0], [2, 1], [1.0, 1.0], "sorted"),
        (["a", "b"], [0], [1], [1.0, 2.0], "one length"),
    ],
)
def test_a_graph_that_breaks_its_promises_is_refused(ids, i, j, shared, message):
    """The constructor says what was needed and what was given."""
    with pytest.raises(ValueError, match=message):
        ContiguityGraph(ids, i, j, shared)


def test_a_graph_cannot_be_altered():
    """Arrays are read-only copies: the caller's own arrays stay apart."""
    i, j, shared = np.array([0]), np.array([1]), np.array([5.0])
    graph = ContiguityGraph(np.array(["a", "b"]), i, j, shared)
    shared[0] = 9.0
    assert graph.shared_m[0] == 5.0
    with pytest.raises(ValueError, match="read-only"):
        graph.shared_m[0] = 7.0
    with pytest.raises(AttributeError):
        graph.bridges = ()


def test_equality_means_the_same_borders():
    """Two graphs are equal when ids, borders, lengths (unknown ones too) and bridges are."""
    one = ContiguityGraph(["a", "b"], [0], [1], [np.nan])
    assert one == ContiguityGraph(["a", "b"], [0], [1], [np.nan])
    assert one != ContiguityGraph(["a", "b"], [0], [1], [1.0])
    assert one != ContiguityGraph(["a", "b"], [0], [1], [np.nan], (("a", "b", "ferry"),))
    assert one != "graph"


def test_components_number_the_pieces():
    """Each block knows the piece it is in."""
    graph = ContiguityGraph(["a", "b", "c", "d"], [0, 1], [2, 3], [1.0, 1.0])
    assert graph.components().tolist() == [0, 1, 0, 1]
    assert graph.pieces == (("a", "c"), ("b", "d"))


def test_repr_tells_the_shape():
    """The short form counts blocks, borders, pieces, isolates and bridges."""
    graph = ContiguityGraph(["a", "b", "c"], [0], [1], [1.0])
    assert repr(graph) == (
        "<ContiguityGraph: 3 blocks, 1 borders, 2 pieces, 1 isolates, 0 bridges>"
    )


def test_an_unknown_block_has_no_neighbours_to_name():
    """Asking for a block that does not exist is an error, not an empty answer."""
    graph = ContiguityGraph(["a", "b"], [0], [1], [1.0])
    with pytest.raises(KeyError):
        graph.neighbours("z")
