"""Dominators in an undirected graph: the places every way from the source has to pass.

In an undirected graph a node d dominates b when taking d away cuts b off, so immediate
dominators follow from the biconnected components.  Those are found from any spanning tree by
whole-array steps, one a tree level (R. E. Tarjan and U. Vishkin, *An efficient parallel
biconnectivity algorithm*, SIAM Journal on Computing 14(4), 1985).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from geodata.dtypes import Bools
from planner.model.rows import Index


@dataclass(frozen=True, slots=True)
class Tree:
    """A breadth-first tree.

    Parameters
    ----------
    order : (r,) nodes reached, in breadth-first order
    parent : (n,) -1 for the source and for nodes not reached
    starts : (levels + 1,) places in `order` where each level begins
    size : (n,) nodes below and including each node
    number : (n,) place of each node in preorder; n for nodes not reached
    """

    order: Index
    parent: Index
    starts: Index
    size: Index
    number: Index


def immediate_dominators(graph: csr_array, source: int) -> Index:
    """Return the immediate dominator of each node.

    Parameters
    ----------
    graph : (n, n) sparse, symmetric
    source : int

    Returns
    -------
    (n,) intp
        The last node that every path from `source` to the node passes before it; -1 for the
        source and for nodes it cannot reach.
    """
    tree = _span(graph, source)
    dominator = np.full(graph.shape[0], -1, dtype=np.intp)
    nodes = tree.order[1:]
    if not len(nodes):
        return dominator
    component = _tree_edge_components(graph, tree)[nodes]
    # breadth-first order puts the edges nearest to the source first: their upper end is the
    # node through which the component hangs on the rest
    names, first = np.unique(component, return_index=True)
    top = tree.parent[nodes[first]]
    dominator[nodes] = top[np.searchsorted(names, component)]
    return dominator


def _span(graph: csr_array, source: int) -> Tree:
    """Grow a breadth-first tree and number it in preorder."""
    n = graph.shape[0]
    order, parent = breadth_first_order(graph, source, directed=False)
    order, parent = order.astype(np.intp), parent.astype(np.intp)
    parent[parent < 0] = -1
    place = np.full(n, -1, dtype=np.intp)
    place[order] = np.arange(len(order))
    starts = _levels(place[parent[order[1:]]])
    size = np.zeros(n, dtype=np.intp)
    size[order] = 1
    for low, high in _downward(starts):
        level = order[low:high]
        np.add.at(size, parent[level], size[level])
    number = np.full(n, n, dtype=np.intp)
    number[source] = 0
    for low, high in reversed(_downward(starts)):
        level = order[low:high]
        before = np.cumsum(size[level]) - size[level]
        is_first = np.diff(parent[level], prepend=-2) != 0
        family = np.cumsum(is_first) - 1
        number[level] = number[parent[level]] + 1 + before - before[is_first][family]
    return Tree(order, parent, starts, size, number)


def _levels(place_of_parent: Index) -> Index:
    """Return where each level begins, given the parents' places in breadth-first order."""
    starts = [0, 1]
    count = len(place_of_parent) + 1
    while starts[-1] < count:
        # the next level ends before the first node whose parent is not in this one
        starts.append(int(np.searchsorted(place_of_parent, starts[-1])) + 1)
    return np.array(starts, dtype=np.intp)


def _downward(starts: Index) -> list[tuple[int, int]]:
    """Return the levels below the source as (first, last + 1), deepest first."""
    return [(int(starts[k]), int(starts[k + 1])) for k in range(len(starts) - 2, 0, -1)]


def _tree_edge_components(graph: csr_array, tree: Tree) -> Index:
    """Return the biconnected component of the tree edge above each node, (n,)."""
    n = graph.shape[0]
    number, size, parent = tree.number, tree.size, tree.parent
    edges = graph.tocoo()
    tail, head = (edges.coords[0].astype(np.intp), edges.coords[1].astype(np.intp))
    used = (number[tail] < n) & (parent[tail] != head) & (parent[head] != tail)
    tail, head = tail[used], head[used]
    low, high = number.copy(), number.copy()
    np.minimum.at(low, tail, number[head])
    np.maximum.at(high, tail, number[head])
    for first, last in _downward(tree.starts):
        level = tree.order[first:last]
        np.minimum.at(low, parent[level], low[level])
        np.maximum.at(high, parent[level], high[level])
    apart = _is_apart(tree, tail, head)
    nodes = tree.order[1:]
    above = parent[nodes]
    inner = parent[above] >= 0
    nodes, above = nodes[inner], above[inner]
    leaves = (low[nodes] < number[above]) | (high[nodes] >= number[above] + size[above])
    i = np.concatenate([tail[apart], nodes[leaves]])
    j = np.concatenate([head[apart], above[leaves]])
    joined = csr_array((np.ones(len(i)), (i, j)), shape=(n, n))
    return np.asarray(connected_components(joined, directed=False)[1], dtype=np.intp)


def _is_apart(tree: Tree, tail: Index, head: Index) -> Bools:
    """Return the edges neither end of which is above the other in the tree."""
    number, size = tree.number, tree.size
    return np.asarray(number[head] >= number[tail] + size[tail], dtype=bool)
