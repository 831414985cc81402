"""Rows and cuts of contiguity against every plan of tiny districts."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracle.enumerate_plans import is_connected, plans
from oracle.tiny_district import grid
from scipy.sparse import csr_array

from geodata.dtypes import Ints
from planner.model.contiguity import dominator_rows, neighbour_rows, ordering_rows
from planner.model.dominators import immediate_dominators
from planner.model.layout import whole
from planner.model.pairs import PairGraph, close_unreachable, pair_graph
from planner.model.separation import cut_rows, separate_fraction, separate_whole
from planner.model.zone_flows import zone_graph
from planner.problem import Problem
from planner.terms import AllowedPairs, Contiguous


def _case(seed: int, *, dissolve: bool) -> tuple[Problem, PairGraph]:
    """Return a tiny district whose zones of today may have islands, and its graph of pairs."""
    rng = np.random.default_rng(seed)
    problem = grid(3, 3, 2, seed, skips=int(rng.integers(0, 4)), held=bool(rng.random() < 0.7))
    current = rng.integers(0, 2, 9).astype(np.int32)
    current[problem.root] = np.arange(2)
    problem = replace(problem, current=current)
    allowed = rng.random((9, 2)) < 0.9
    allowed[np.arange(9), current] = True
    rules = [Contiguous("contiguity", dissolve_islands=dissolve), AllowedPairs("limit", allowed)]
    return problem, pair_graph(close_unreachable(whole(problem, rules), rules), rules)


def _points(problem: Problem, graph: PairGraph, *, dissolve: bool) -> list[tuple[np.ndarray, bool]]:
    """Return every plan of the open pairs as a point, and whether it is connected."""
    found = []
    for plan in plans(problem):
        point = graph.layout.point(np.array(plan, dtype=np.int32))
        if point.sum() == problem.n_blocks:
            found.append((point, is_connected(problem, plan, dissolve=dissolve)))
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_valid_rows_hold_in_every_connected_plan(seed: int, dissolve: bool) -> None:
    """Neighbour rows, dominator rows and all cuts found anywhere cut off no connected plan."""
    problem, graph = _case(seed, dissolve=dissolve)
    points = _points(problem, graph, dissolve=dissolve)
    assume(points)
    cuts = [cut for point, _ in points[::29] for cut in separate_whole(graph, point)]
    rng = np.random.default_rng(seed)
    cuts += separate_fraction(graph, rng.random(graph.n_pairs), violation=0.0)
    blocks = [neighbour_rows(graph), dominator_rows(graph), cut_rows(graph, cuts)]
    for point, is_whole in points:
        if is_whole:
            assert all(block.violation(point).max(initial=0.0) == 0.0 for block in blocks)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_separation_finds_a_cut_exactly_where_a_zone_is_split(seed: int, dissolve: bool) -> None:
    """No cut for connected plans; for any other plan a cut that this plan breaks."""
    problem, graph = _case(seed, dissolve=dissolve)
    points = _points(problem, graph, dissolve=dissolve)
    assume(points)
    for i in np.random.default_rng(seed).permutation(len(points))[:25]:
        point, is_whole = points[i]
        cuts = separate_whole(graph, point)
        assert bool(cuts) is not is_whole
        assert (cut_rows(graph, cuts).violation(point) > 0).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.integers(0, 3))
def test_ordering_rows_hold_the_plan_they_grow_from(seed: int, dissolve: bool, order: int) -> None:
    """They admit the connected plan they are made for, and no plan in pieces."""
    problem, graph = _case(seed, dissolve=dissolve)
    points = _points(problem, graph, dissolve=dissolve)
    connected = [point for point, is_whole in points if is_whole]
    if not connected:
        return
    around = connected[seed % len(connected)]
    plan: Ints = graph.layout.plan(around)
    rows = ordering_rows(graph, plan, seed=order)
    assert all(block.violation(around).max(initial=0.0) == 0.0 for block in rows)
    for point, is_whole in points:
        if all(block.violation(point).max(initial=0.0) == 0.0 for block in rows):
            assert is_whole


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 14), st.integers(0, 30), st.integers(0, 10**6))
def test_dominators_are_those_of_networkx(n: int, m: int, seed: int) -> None:
    """Immediate dominators of any undirected graph agree with an independent algorithm."""
    rng = np.random.default_rng(seed)
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from((int(a), int(b)) for a, b in rng.integers(0, n, (m, 2)) if a != b)
    matrix = csr_array(nx.to_scipy_sparse_array(graph, nodelist=range(n), dtype=float))
    source = int(rng.integers(n))
    expected = nx.immediate_dominators(nx.DiGraph(graph), source)
    found = immediate_dominators(matrix, source)
    for node in range(n):
        other = expected.get(node) if node != source else None
        assert found[node] == (-1 if other is None else other)


def test_unreachable_pairs_are_closed() -> None:
    """A block that cannot be joined to a school's block has no pair with that school."""
    problem = grid(4, 1, 2, seed=0)
    problem = replace(
        problem,
        root=np.array([0, 3], dtype=np.int32),
        current=np.array([0, 0, 1, 1], dtype=np.int32),
        edge_i=problem.edge_i[[0, 2]],
        edge_j=problem.edge_j[[0, 2]],
        edge_shared_m=problem.edge_shared_m[[0, 2]],
    )
    rules = [Contiguous("contiguity")]
    layout = close_unreachable(whole(problem, rules), rules)
    assert layout.zone.tolist() == [0, 0, 1, 1]
    assert close_unreachable(whole(problem, []), []).n_pairs == 6


def test_an_island_of_today_may_stay_or_leave() -> None:
    """Whole in its zone it stands; a part of it alone does not; dissolved it must go."""
    problem = grid(5, 1, 2, seed=0)
    problem = replace(
        problem,
        root=np.array([0, 1], dtype=np.int32),
        current=np.array([0, 1, 1, 0, 0], dtype=np.int32),
    )
    for dissolve in (False, True):
        rules = [Contiguous("contiguity", dissolve_islands=dissolve)]
        graph = pair_graph(whole(problem, rules), rules)
        for plan, stands in (((0, 1, 1, 0, 0), True), ((0, 1, 1, 1, 0), False)):
            point = graph.layout.point(np.array(plan, dtype=np.int32))
            assert bool(separate_whole(graph, point)) is (dissolve or not stands)


@pytest.mark.parametrize("width", [1, 2, 6])
def test_the_smallest_separator_is_found(width: int) -> None:
    """Between two rows of a grid the cut goes through the narrow place."""
    problem = grid(width, 5, 1, seed=0)
    root = 0
    problem = replace(
        problem,
        root=np.array([root], dtype=np.int32),
        current=np.zeros(5 * width, dtype=np.int32),
    )
    rules = [Contiguous("contiguity")]
    graph = pair_graph(whole(problem, rules), rules)
    share = np.ones(5 * width)
    share[2 * width : 3 * width] = 0.1 / width
    cuts = separate_fraction(graph, share, per_zone=100)
    assert cuts
    assert all(set(cut.separator) == set(range(2 * width, 3 * width)) for cut in cuts)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_no_broken_cut_is_missed(seed: int) -> None:
    """A cut is found in a zone exactly where some pair's share exceeds its smallest separator."""
    rng = np.random.default_rng(seed)
    problem = replace(grid(5, 4, 1, seed), current=np.zeros(20, dtype=np.int32))
    rules = [Contiguous("contiguity")]
    graph = pair_graph(whole(problem, rules), rules)
    share = np.round(rng.random(graph.n_pairs), 2) * (rng.random(graph.n_pairs) < 0.6)
    zone = zone_graph(graph, 0)
    network = nx.DiGraph()
    for v in range(graph.n_pairs):
        network.add_edge((v, "in"), (v, "out"), capacity=share[v])
    for v, u in zip(*zone.matrix.nonzero(), strict=True):
        network.add_edge((int(v), "out"), (int(u), "in"))
    next_to_root = set(zone.matrix[[zone.root]].indices)
    excess = {
        b: share[b] - nx.maximum_flow_value(network, (zone.root, "out"), (b, "in"))
        for b in range(graph.n_pairs)
        if b != zone.root and b not in next_to_root
    }
    cuts = separate_fraction(graph, share, per_zone=20, violation=0.005)
    assert bool(cuts) == (max(excess.values()) > 0.0055)
    for cut in cuts:
        b = int(np.searchsorted(zone.pairs, cut.pair))
        left = np.ones(graph.n_pairs, dtype=bool)
        left[np.searchsorted(zone.pairs, cut.separator)] = False
        parts = nx.node_connected_component(
            nx.from_scipy_sparse_array(zone.matrix).subgraph(np.flatnonzero(left)), zone.root
        )
        assert b not in parts
        assert share[b] - share[~left].sum() > 0.0045
