"""Groups that zones divide, or zones that groups divide, as rows.

A *whole* is a group (or a zone), its *parts* are what lies of it in each zone (or is of each
group).  One part of each whole is chosen, and only its students are together:

    ``main[w,p] <= T[w,p]``,   ``main[w,p] <= most[w,p] chosen[w,p]``,   ``sum_p chosen[w,p] = 1``

    ``apart = sum_w (sum_p T[w,p] - sum_p main[w,p])``
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from geodata.dtypes import Floats
from planner.model.expression import Expression, refuse_unknown
from planner.model.layout import Layout
from planner.model.rows import Index
from planner.model.sheet import Sheet
from planner.terms import Apart

__all__ = ["write_apart"]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts that the model may change (c of them, of k wholes).

    Parameters
    ----------
    names : tuple of str, (c,) and (k,)
        Of parts, then of wholes.
    number : (k,) group or zone that each whole is
    whole : (c,) place in `number` of what each part is a part of
    matrix : (c, p)
        Students of each part, from the pairs.
    most : (c,) float64 [students]
    elsewhere : (k,) float64 [students]
        The largest part of each whole that the model does not change.
    """

    names: tuple[tuple[str, ...], tuple[str, ...]]
    number: Index
    whole: Index
    matrix: csr_array
    most: Floats
    elsewhere: Floats

    def sizes(self, x: Floats) -> Floats:
        """Return the students of each part, (c,)."""
        return np.asarray(self.matrix @ x[: self.matrix.shape[1]])

    def largest(self, x: Floats) -> Floats:
        """Mark the largest part of each whole with 1, none where it is elsewhere, (c,)."""
        size = self.sizes(x)
        order = np.lexsort((-size, self.whole))
        first = order[np.diff(self.whole[order], prepend=-1) > 0]
        marked = np.zeros(len(size))
        marked[first] = size[first] > self.elsewhere[self.whole[first]]
        return marked


def write_apart(sheet: Sheet, layout: Layout, amount: Apart) -> Expression:
    """Write all students less those in the main part of their whole."""
    counts = amount.group_of >= 0
    count: Floats = np.where(counts, amount.count, 0.0)
    refuse_unknown(layout, count[layout.block], amount.name)
    fixed = amount.tallies(layout.problem, layout.others)
    elsewhere, _ = amount.largest_and_all(fixed)
    parts = _parts(layout, amount, np.flatnonzero(count[layout.block] > 0), elsewhere)
    chosen, away = _write_choice(sheet, amount.name, parts)
    main = _write_main(sheet, amount.name, parts, chosen)
    unchanged = np.delete(elsewhere, parts.number)
    return Expression(
        np.concatenate([main, away]),
        np.concatenate([-np.ones(len(main)), -parts.elsewhere]),
        float(count.sum() - unchanged.sum()),
    )


def _parts(layout: Layout, amount: Apart, pairs: Index, elsewhere: Floats) -> _Parts:
    """Collect the parts that these pairs, those with students of a group, belong to."""
    block = layout.block[pairs]
    cells, part = np.unique(
        np.stack([amount.group_of[block], layout.zone[pairs]]), axis=1, return_inverse=True
    )
    part, count = part.reshape(-1), amount.count[block]
    number, whole = np.unique(cells[1 if amount.of_zones else 0], return_inverse=True)
    zones = [layout.zone_name(zone) for zone in cells[1]]
    names = tuple(f"{group},{zone}" for group, zone in zip(cells[0], zones, strict=True))
    wholes = tuple(layout.zone_name(z) if amount.of_zones else str(z) for z in number)
    return _Parts(
        names=(names, wholes),
        number=number.astype(np.intp),
        whole=whole.astype(np.intp),
        matrix=csr_array((count, (part, pairs)), shape=(len(names), layout.n_pairs)),
        most=np.bincount(part, weights=count, minlength=len(names)).astype(float),
        elsewhere=elsewhere[number],
    )


def _write_choice(sheet: Sheet, name: str, parts: _Parts) -> tuple[Index, Index]:
    """Choose one part of each whole, or the one elsewhere.

    Returns
    -------
    chosen, away : (c,) and (k,) columns
    """
    n, k = len(parts.whole), len(parts.number)
    labels, wholes = parts.names
    chosen = sheet.add_columns(
        f"{name}.chosen",
        labels.__getitem__,
        (0.0, 1.0),
        count=n,
        integer=True,
        values=parts.largest,
    )
    away = sheet.add_columns(
        f"{name}.away",
        wholes.__getitem__,
        (0.0, 1.0),
        count=k,
        values=lambda x: (
            1.0 - np.bincount(parts.whole, weights=x[chosen], minlength=k).astype(float)
        ),
    )
    row = np.concatenate([parts.whole, np.arange(k)])
    entries = (row, np.concatenate([chosen, away]), np.ones(n + k))
    sheet.add_rows(f"{name}.one", wholes.__getitem__, (1.0, 1.0), entries, count=k)
    return chosen, away


def _write_main(sheet: Sheet, name: str, parts: _Parts, chosen: Index) -> Index:
    """Write the students of the chosen parts, 0 for the others; return their columns, (c,)."""
    n, label = len(parts.whole), parts.names[0].__getitem__
    main = sheet.add_columns(
        f"{name}.main",
        label,
        (0.0, parts.most),
        count=n,
        values=lambda x: parts.sizes(x) * x[chosen],
    )
    row, one = np.arange(n), np.ones(n)
    inside = parts.matrix.tocoo()
    kinds: tuple[tuple[str, Index, Index, Floats], ...] = (
        ("part", inside.coords[0], inside.coords[1], inside.data),
        ("if_chosen", row, chosen, parts.most),
    )
    for family, rows, columns, most in kinds:
        entries = (
            np.concatenate([row, rows]),
            np.concatenate([main, columns]),
            np.concatenate([one, -most]),
        )
        sheet.add_rows(f"{name}.{family}", label, (-np.inf, 0.0), entries, count=n)
    return main
