"""The linear program behind the gate: worlds in which small numbers could be anything.

It knows nothing of plans, so it goes to SciPy's own linear solver and not through `planner.model`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csc_array, csr_array, eye_array, hstack, vstack

from geodata.dtypes import Floats, Longs
from planner.disclosure.worlds import TOLERANCE, Key, Row, Target, Unknowns, Verdict, consistent
from planner.errors import DisclosureError, SolverError

__all__ = ["GivenAwayError", "protect"]

Sparse = Any  # any of scipy's two-dimensional sparse arrays

_HOPES = 60
_MUST = 6  # targets without a row in common that are freed by one linear program
_HOPE = 1e-3  # worth of one more target at its end, beside the costs of hiding
_METHODS = ("highs", "highs-ipm")  # where the first ends without an answer, the second has one
_NO_WORLD = 2  # how `linprog` says that nothing fits
_AWAY = 5e-6  # cost of each student a world is away from the truth: rates then round alike


class GivenAwayError(DisclosureError):
    """What is public already gives a target away."""

    def __init__(self, target: Target) -> None:
        super().__init__(f"what is already public gives away {' / '.join(target.key)}")
        self.target = target


def protect(
    unknowns: Unknowns,
    rows: Sequence[Row],
    targets: Sequence[Target],
    threshold: float,
    tell: Callable[[int, int], None] | None = None,
) -> Verdict:
    """Hide rows until every target may be 0 and may reach the threshold.

    Parameters
    ----------
    unknowns : Unknowns
    rows : sequence of Row
        What would be published, and what is public already (infinite cost).
    targets : sequence of Target
    threshold : float [students]
    tell : callable (done, total), optional
        Listens to how many ends of targets are reached.

    Raises
    ------
    GivenAwayError
        Where what is public already gives a target away.
    SolverError
        Where the solver gives up.
    """
    system = _System(unknowns, list(rows), threshold)
    for upward in (False, True):
        done = len(targets) * upward
        for left in system.reach(targets, upward=upward):
            if tell:
                tell(done + len(targets) - left, 2 * len(targets))
    worlds = np.array(system.worlds).reshape(-1, system.size)
    return _restore(rows, targets, threshold, Verdict(frozenset(system.hidden), worlds))


class _System:
    """The linear program of the possible worlds, with rows taken out one after another."""

    def __init__(self, unknowns: Unknowns, rows: list[Row], threshold: float) -> None:
        self.truth = unknowns.values
        self.size = len(unknowns.values)
        self.threshold = threshold
        self.rows = rows
        self.matrix = _matrix([(row.index, row.weight) for row in rows], self.size)
        self.columns = csc_array(self.matrix)
        self.low = np.array([row.low for row in rows])
        self.high = np.array([row.high for row in rows])
        self.cost = np.array([row.cost for row in rows])
        self.is_open = np.ones(len(rows), dtype=bool)
        self.is_narrow = np.array([len(row.index) for row in rows]) < self.size / 20 + 8
        self.bounds, self.sums = _couplings(unknowns)
        self.worlds: list[Floats] = [self.truth]
        self.hidden: set[Key] = set()

    def reach(self, targets: Sequence[Target], *, upward: bool) -> Iterator[int]:
        """Find worlds in which every target reaches its end, and hide what forbids them.

        Yields how many targets are left, after every world.
        """
        left = _left(targets, self.worlds, self.threshold, upward=upward)
        must: list[Target] = []
        while left:
            yield len(left)
            world = self._world(must, left[:_HOPES], upward=upward)
            kept = left if world is None else self._without(left, world, upward=upward)
            is_stuck = bool(must) and (world is None or all(target in kept for target in must))
            if is_stuck and len(must) == 1:
                raise GivenAwayError(must[0])
            left, must = kept, must[:1] if is_stuck else self._apart(kept)

    def _without(self, left: Sequence[Target], world: Floats, *, upward: bool) -> list[Target]:
        """Remember a world, and return the targets that do not reach their end in it."""
        self.worlds.append(world)
        return _left(left, [world], self.threshold, upward=upward)

    def _apart(self, targets: Sequence[Target]) -> list[Target]:
        """Choose some targets that no narrow row has in common."""
        chosen: list[Target] = []
        taken = np.zeros(len(self.rows), dtype=bool)
        for target in targets:
            mine = np.unique(self.columns[:, target.plus].indices)
            narrow = mine[self.is_narrow[mine]]
            if not taken[narrow].any():
                chosen.append(target)
                taken[narrow] = True
            if len(chosen) == _MUST:
                break
        return chosen

    def _world(
        self, must: Sequence[Target], hopes: Sequence[Target], *, upward: bool
    ) -> Floats | None:
        """Return the cheapest world in which `must` reach their end, and many of `hopes` do.

        Without `must` nothing is hidden.
        """
        shown = np.flatnonzero(self.is_open)
        free = np.flatnonzero(np.isfinite(self.cost[shown])) if must else shown[:0]
        sign, rows = (-1.0 if upward else 1.0), self.matrix[shown]
        flex = csr_array(eye_array(len(shown)))[:, free]
        up = hstack([rows, flex, -flex, csr_array((len(shown), len(hopes)))])
        none = csr_array((len(must), 2 * len(free) + len(hopes)))
        wished = [_targets(hopes, self.size), csr_array((len(hopes), 2 * len(free)))]
        limits = vstack(
            [
                hstack([sign * _targets(must, self.size), none]),
                hstack([sign * hstack(wished), -sign * eye_array(len(hopes))]),
            ]
        )
        cost = self.cost[shown][free]
        wish = np.full(len(hopes), sign * _HOPE / self.threshold)
        found = self._solve(
            np.concatenate([np.zeros(self.size), cost, cost, wish]),
            (csr_array(up), self.low[shown], self.high[shown]),
            (limits, np.r_[np.full(len(must), min(0.0, sign * self.threshold)), 0.0 * wish]),
            [(0.0, None)] * (self.size + 2 * len(free))
            + [(0.0, self.threshold if upward else None)] * len(hopes),
        )
        if found is not None:
            self._hide(shown, found)
        return found

    def _hide(self, shown: Longs, world: Floats) -> None:
        value = self.matrix[shown] @ world
        slack = TOLERANCE * np.maximum(1.0, np.abs(self.high[shown]))
        off = (value < self.low[shown] - slack) | (value > self.high[shown] + slack)
        self.is_open[shown[off]] = False
        self.hidden.update(self.rows[at].key for at in shown[off])

    def _solve(
        self,
        objective: Floats,
        ranges: tuple[Sparse, Floats, Floats],
        limits: tuple[Sparse, Floats],
        box: list[tuple[float, float | None]],
    ) -> Floats | None:
        """Solve one linear program; return its world, or None where there is none."""
        matrix, low, high = ranges
        exact, more = low == high, len(objective) - self.size

        def wide(part: Sparse) -> Sparse:
            return hstack([part, csr_array((part.shape[0], more))])

        loose = matrix[~exact]
        above = csc_array(vstack([wide(self.bounds), loose, -loose, limits[0]]))
        equal = csc_array(vstack([wide(self.sums), matrix[exact]]))
        most = np.r_[np.zeros(self.bounds.shape[0]), high[~exact], -low[~exact], limits[1]]
        sums = np.r_[np.zeros(self.sums.shape[0]), low[exact]]
        found = _solved(
            np.r_[np.full(2 * self.size, _AWAY), objective[self.size :]],
            A_ub=self._from_truth(above),
            b_ub=most - above[:, : self.size] @ self.truth,
            A_eq=self._from_truth(equal),
            b_eq=sums - equal[:, : self.size] @ self.truth,
            bounds=[(0.0, None)] * self.size + [(0.0, v) for v in self.truth] + box[self.size :],
        )
        if found is None:
            return None
        up, down = found[: self.size], found[self.size : 2 * self.size]
        return np.asarray(np.maximum(self.truth + up - down, 0.0))

    def _from_truth(self, part: Sparse) -> Sparse:
        """Write columns of worlds as columns of more and of fewer students than in truth."""
        world = part[:, : self.size]
        return csr_array(hstack([world, -world, part[:, self.size :]]))


def _solved(cost: Floats, **program: Any) -> Floats | None:
    """Return the solution of a linear program; None where there is none.

    A solution is proven once more at the end, and what is wrongly taken for impossible only
    hides more: so whichever method has an answer may give it.
    """
    solve: Any = linprog  # its stubs know no sparse matrices
    for method in _METHODS:
        found = solve(cost, method=method, **program)
        if found.status == _NO_WORLD:
            return None
        if found.x is not None:
            return np.asarray(found.x)
    raise SolverError(
        f"the proof that no small number can be worked out ended without an answer: "
        f"{found.message}",
        "what is not proven safe is not published, so nothing was written",
    )


def _restore(
    rows: Sequence[Row], targets: Sequence[Target], threshold: float, verdict: Verdict
) -> Verdict:
    """Publish again what enough worlds agree on, dearest first."""
    worlds = verdict.worlds
    values = np.array([target.values(worlds) for target in targets])
    values = values.reshape(len(targets), len(worlds))
    ends = np.concatenate([values <= TOLERANCE, values >= threshold - TOLERANCE])
    keep, hidden = np.ones(len(worlds), dtype=bool), set(verdict.hidden)
    by_key = {row.key: row for row in rows if row.key in hidden}
    for key, row in sorted(by_key.items(), key=lambda item: (-item[1].cost, item[0])):
        agree = keep & consistent(row, worlds)
        if ends[:, agree].any(axis=1).all():
            keep = agree
            hidden.discard(key)
    return Verdict(frozenset(hidden), worlds[keep])


def _left(
    targets: Sequence[Target], worlds: Sequence[Floats], threshold: float, *, upward: bool
) -> list[Target]:
    """Return the targets that reach their end in none of the worlds."""
    seen = np.array(worlds)
    if upward:
        return [t for t in targets if t.values(seen).max() < threshold - TOLERANCE]
    return [t for t in targets if t.values(seen).min() > TOLERANCE]


def _matrix(rows: Sequence[tuple[Longs, Floats]], width: int) -> Sparse:
    at = np.repeat(np.arange(len(rows)), [len(index) for index, _ in rows])
    columns = np.concatenate([index for index, _ in rows]) if rows else np.empty(0, dtype=np.int64)
    weights = np.concatenate([weight for _, weight in rows]) if rows else np.empty(0)
    return csr_array(coo_array((weights, (at, columns)), shape=(len(rows), width)))


def _targets(targets: Sequence[Target], width: int) -> Sparse:
    signed = [np.r_[np.ones(len(t.plus)), -np.ones(len(t.minus))] for t in targets]
    both = [np.concatenate([t.plus, t.minus]) for t in targets]
    return _matrix(list(zip(both, signed, strict=True)), width)


def _couplings(unknowns: Unknowns) -> tuple[Sparse, Sparse]:
    """Return rows ``part - whole <= 0`` (or their sum) and ``sum of parts - whole = 0``."""
    kinds: dict[str, list[tuple[Longs, Floats]]] = {"equal": [], "below": []}
    for one in unknowns.wholes:
        sets = [(part,) for part in one.parts] if one.how == "each" else [one.parts]
        for parts in sets:
            row = (np.array([*parts, one.whole]), np.r_[np.ones(len(parts)), -1.0])
            kinds["equal" if one.how == "equal" else "below"].append(row)
    size = len(unknowns.values)
    return _matrix(kinds["below"], size), _matrix(kinds["equal"], size)
