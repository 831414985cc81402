"""Links that are no border, and borders that are no link: bridges, barriers, isolated blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geodata.contiguity import Bridge
from geodata.edges import Edges, positions
from geodata.errors import Fault, counted, fatal, warning

__all__ = ["Pairs", "link_isolates", "linked", "resolve_pairs"]

Pairs = Sequence[Sequence[str]]
_BARE = "declared bridge"


def resolve_pairs(
    names: NDArray[np.str_], pairs: Pairs, word: str, file: str
) -> tuple[NDArray[np.int32], list[str], list[Fault]]:
    """Turn declared pairs of ids into positions.

    Parameters
    ----------
    names : (n,) str array, sorted
    pairs : sequence of (id, id) or (id, id, reason)
    word : "bridge" or "barrier"
    file : str

    Returns
    -------
    (k, 2) int32, list of str, list of Fault
        Pairs with i < j; their reasons; the fatal faults of those left out.
    """
    at = np.stack(
        [positions(names, [pair[0] for pair in pairs]), positions(names, [p[1] for p in pairs])],
        axis=1,
    )
    unknown: NDArray[np.bool_] = np.any(at < 0, axis=1)
    itself = (at[:, 0] == at[:, 1]) & ~unknown
    faults = [
        fatal(
            f"{word}_{code}",
            file,
            f"{wrong.sum():,} of {len(pairs):,} declared {word}s {what}",
            rows=(f"{pair[0]} - {pair[1]}" for pair, bad in zip(pairs, wrong, strict=True) if bad),
            why=f"a {word} that names no pair of blocks cannot be kept",
            do=f"correct the two ids of the {word}, or take it out",
        )
        for code, what, wrong in (
            ("unknown_block", "name a block that does not exist", unknown),
            ("with_itself", "join a block to itself", itself),
        )
        if wrong.any()
    ]
    good = ~(unknown | itself)
    reasons = [str(pair[2]) if len(pair) > 2 and pair[2] else _BARE for pair in pairs]
    return (
        np.sort(at[good], axis=1),
        [reason for reason, fine in zip(reasons, good, strict=True) if fine],
        faults,
    )


def linked(
    names: NDArray[np.str_],
    edges: Edges,
    bridges: Pairs,
    barriers: Pairs,
    file: str,
) -> tuple[Edges, list[Bridge], NDArray[np.int32], list[Fault]]:
    """Take barriers out of the borders and add declared bridges.

    Returns
    -------
    Edges, list of Bridge, (k, 2) int32, list of Fault
        New borders; the bridges that were needed; the barriers; what had to be said.
    """
    over, reasons, faults = resolve_pairs(names, bridges, "bridge", file)
    against, _, more = resolve_pairs(names, barriers, "barrier", file)
    faults += more
    barred = Edges.of(edges.n_blocks, against[:, 0], against[:, 1], np.zeros(len(against)))
    both = barred.contain(over)
    needless = edges.contain(over) & ~both
    faults += _contradictions(names, over, both, needless, file)
    faults += _idle_barriers(names, against[~edges.contain(against)], file)
    needed = ~both & ~needless
    made = [
        (str(names[i]), str(names[j]), reason)
        for (i, j), reason, needs in zip(over, reasons, needed, strict=True)
        if needs
    ]
    return edges.without(against).plus_links(over[needed]), made, against, faults


def _contradictions(
    names: NDArray[np.str_],
    over: NDArray[np.int32],
    both: NDArray[np.bool_],
    needless: NDArray[np.bool_],
    file: str,
) -> list[Fault]:
    """Tell which bridges lie over a barrier, and which join neighbours anyway."""
    faults = []
    if both.any():
        faults.append(
            fatal(
                "bridge_over_barrier",
                file,
                f"{counted(both.sum(), 'pair of blocks is', 'pairs of blocks are')} declared both "
                "a bridge and a barrier",
                rows=_told(names, over[both]),
                why="one says that a zone may cross here, the other that it may not",
                do="take out one of the two",
            )
        )
    if needless.any():
        faults.append(
            warning(
                "bridge_along_border",
                file,
                f"{needless.sum():,} declared bridges join blocks that share a border anyway",
                rows=_told(names, over[needless]),
                why="they change nothing, so perhaps another pair was meant",
                do="correct the ids, or take them out",
            )
        )
    return faults


def _idle_barriers(names: NDArray[np.str_], idle: NDArray[np.int32], file: str) -> list[Fault]:
    """Tell which barriers lie where there is no border to close."""
    if not len(idle):
        return []
    return [
        warning(
            "barrier_without_border",
            file,
            f"{len(idle):,} declared barriers lie between blocks that share no border",
            rows=_told(names, idle),
            why="they change nothing, so perhaps another pair was meant",
            do="correct the ids, or take them out",
        )
    ]


def _told(names: NDArray[np.str_], pairs: NDArray[np.int32]) -> list[str]:
    return [f"{names[i]} - {names[j]}" for i, j in pairs]


def link_isolates(
    names: NDArray[np.str_],
    edges: Edges,
    shapes: NDArray[np.object_] | None,
    barriers: NDArray[np.int32],
    file: str,
) -> tuple[Edges, list[Bridge], list[Fault]]:
    """Link every block without a neighbour to the nearest block that has one.

    Parameters
    ----------
    names : (n,) str array, sorted
    edges : Edges
    shapes : (n,) geometries in a metric CRS, or None
        None leaves isolated blocks as they are.
    barriers : (k, 2) int32
        Pairs that may not be linked.
    file : str

    Returns
    -------
    Edges, list of Bridge, list of Fault
    """
    alone = np.flatnonzero(edges.lonely())
    if not len(alone) or edges.n_blocks == 1:
        return edges, [], []
    pairs, metres = _nearest(edges, shapes, alone, barriers)
    made = []
    for (lonely, near), distance in zip(pairs, metres, strict=True):
        first, second = sorted((str(names[lonely]), str(names[near])))
        made.append((first, second, f"nearest block, {distance:.0f} m away; no shared border"))
    new = edges.plus_links(np.sort(pairs, axis=1)) if len(pairs) else edges
    return (
        new,
        sorted(set(made)),
        _isolate_faults(names, new, alone=alone, pairs=pairs, metres=metres, file=file),
    )


def _nearest(
    edges: Edges,
    shapes: NDArray[np.object_] | None,
    alone: NDArray[np.intp],
    barriers: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Pair each lonely block that has a place with its nearest block; ties go to the first id."""
    none = np.zeros((0, 2), dtype=np.int32), np.zeros(0)
    if shapes is None:
        return none
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    alone = alone[placed[alone]]
    company = placed & ~edges.lonely()
    targets = np.flatnonzero(company if company.any() else placed)
    barred = np.isin(alone, barriers)
    (row, hit), away = shapely.STRtree(shapes[targets]).query_nearest(
        shapes[alone[~barred]], exclusive=not company.any(), return_distance=True
    )
    found = pd.DataFrame({"lonely": alone[~barred][row], "near": targets[hit], "away": away})
    walled = [_nearest_unbarred(shapes, block, targets, barriers) for block in alone[barred]]
    found = pd.concat([found, *(one for one in walled if len(one))])
    if found.empty:
        return none
    found = found.sort_values(["lonely", "near"]).drop_duplicates("lonely")
    return found[["lonely", "near"]].to_numpy(np.int32), found["away"].to_numpy(np.float64)


def _nearest_unbarred(
    shapes: NDArray[np.object_],
    block: int,
    targets: NDArray[np.intp],
    barriers: NDArray[np.int32],
) -> pd.DataFrame:
    """Find the nearest block that no barrier keeps away, as a table of one row or none."""
    apart = barriers[(barriers == block).any(axis=1)]
    open_to = targets[~np.isin(targets, apart) & (targets != block)]
    away = shapely.distance(shapes[block], shapes[open_to])
    best = np.argsort(away, kind="stable")[:1]
    return pd.DataFrame({"lonely": block, "near": open_to[best], "away": away[best]})


def _isolate_faults(
    names: NDArray[np.str_],
    linked_edges: Edges,
    *,
    alone: NDArray[np.intp],
    pairs: NDArray[np.int32],
    metres: NDArray[np.float64],
    file: str,
) -> list[Fault]:
    """Tell which blocks were linked to the nearest one, and which stay alone."""
    faults = []
    why = (
        "a zone can reach a block only over a border, so an isolated block could never be assigned"
    )
    if len(pairs):
        rows = tuple(
            f"{names[lonely]} -> {names[near]} ({away:.0f} m)"
            for (lonely, near), away in zip(pairs, metres, strict=True)
        )
        message = (
            f"{len(rows):,} of {len(names):,} blocks share no border with any other "
            "(touching at a corner is no border); each was linked to its nearest block"
        )
        do = "if another neighbour is right, declare a bridge to it"
        faults.append(warning("block_isolated", file, message, rows=rows, why=why, do=do))
    left = alone[linked_edges.lonely()[alone]]
    if len(left):
        message = f"{len(left):,} of {len(names):,} blocks share no border and stay isolated"
        do = "declare a bridge for each, or let isolated blocks be linked to the nearest"
        faults.append(
            warning("block_left_isolated", file, message, rows=names[left], why=why, do=do)
        )
    return faults
