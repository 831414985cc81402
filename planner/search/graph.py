"""The graph of units that moves lead along."""

from __future__ import annotations

import numpy as np

from geodata.dtypes import Bools, Floats, Ints
from planner.problem import Problem
from planner.search.units import Units


def ways_to_roots(problem: Problem, units: Units, allowed: Bools) -> tuple[Ints, Ints]:
    """Return the pairs of each unit and the root of each zone it may have.

    Where zones need not hang together, search takes them for borders of 0 m: moves lead across
    borders, so they lead from anywhere to every zone.
    """
    unit, zone = np.nonzero(allowed)
    return unit.astype(np.int32), units.of_block[problem.root[zone]]


def unit_graph(
    problem: Problem, units: Units, ways: tuple[Ints, Ints] | None = None
) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """Return indptr, indices, source, reverse and border length of the graph of units.

    `ways` are pairs of units that touch beside those that share a border.
    """
    i, j = units.of_block[problem.edge_i], units.of_block[problem.edge_j]
    shared = problem.edge_shared_m
    if ways is not None:
        i, j = np.concatenate([i, ways[0]]), np.concatenate([j, ways[1]])
        shared = np.concatenate([shared, np.zeros(len(ways[0]))])
    between = i != j
    i, j = np.minimum(i, j)[between], np.maximum(i, j)[between]
    key, place = np.unique(i.astype(np.int64) * units.count + j, return_inverse=True)
    length = np.bincount(place, weights=shared[between], minlength=len(key)).astype(float)
    i, j = key // units.count, key % units.count
    source, target = np.concatenate([i, j]), np.concatenate([j, i])
    order = np.lexsort((target, source))
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    half = len(key)
    reverse = np.empty(len(order), dtype=np.int32)
    reverse[place[:half]], reverse[place[half:]] = place[half:], place[:half]
    indptr = np.searchsorted(source[order], np.arange(units.count + 1)).astype(np.int32)
    return (
        indptr,
        target[order].astype(np.int32),
        source[order].astype(np.int32),
        reverse,
        np.concatenate([length, length])[order],
    )


def unit_perimeters(problem: Problem, units: Units) -> Floats:
    """Outer border of each unit [m], (u,)."""
    i, j = units.of_block[problem.edge_i], units.of_block[problem.edge_j]
    inside = i == j
    inner = np.bincount(i[inside], weights=problem.edge_shared_m[inside], minlength=units.count)
    return units.add_up(np.nan_to_num(problem.perimeter_m)) - 2 * inner
