"""The least by which one rule must give way while all others are kept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.model.bound import Bound, lower_bound
from planner.model.highs import Interrupt
from planner.model.write import NotLinearError
from planner.problem import Problem
from planner.terms import (
    AllowedPairs,
    Amount,
    Constraint,
    Floats,
    Limit,
    PairAmount,
    ZoneBand,
    ZoneDeviation,
    ZoneWorst,
)

_ROUNDS = 2
_WORTH_SAYING = 1e-6


@dataclass(frozen=True, slots=True)
class Relaxation:
    """How far a rule must give way.

    Parameters
    ----------
    rule : str
        Key of the rule.
    amount : float or None
        Certified: it must give way by at least this; None where nothing is proven.
    unit : str
    where : tuple of str
        Zones that go furthest beyond their limit in the relaxation.
    is_enough : bool
        False: proven that even dropping this rule leaves no plan.
    sentence : str
    """

    rule: str
    amount: float | None
    unit: str
    where: tuple[str, ...]
    is_enough: bool
    sentence: str


def least_relaxation(
    problem: Problem,
    rule: str,
    own: Sequence[Constraint],
    others: Sequence[Constraint],
    *,
    is_enough: bool = True,
    deadline: float = math.inf,
    interrupt: Interrupt | None = None,
) -> Relaxation:
    """Bound from below what one rule must give up.

    Parameters
    ----------
    problem : Problem
    rule : str
    own : sequence of Constraint
        The rule's constraints.
    others : sequence of Constraint
        Those of the rules that are kept.
    is_enough : bool
        False where other rules are known to collide without this one.
    deadline : float [s]
        On the clock of `time.monotonic`; what is not proven by then is not claimed.
    interrupt : function that answers True when it is time to stop, or None
    """
    least, unit, where = _least(problem, own, others, deadline, interrupt)
    text = f"{rule.rstrip('.')}: "
    if least is None:
        text += "by how much it must give way is not proven"
    else:
        text += f"it must give way by at least {_number(least)} {unit}".rstrip()
        text += f", most at {', '.join(where)}" if where else ""
    if not is_enough:
        text += "; that alone would not be enough, other rules collide too"
    return Relaxation(rule, least, unit, where, is_enough, f"{text}.")


def _least(
    problem: Problem,
    own: Sequence[Constraint],
    others: Sequence[Constraint],
    deadline: float,
    interrupt: Interrupt | None,
) -> tuple[float | None, str, tuple[str, ...]]:
    """Return the certified least excess of a rule, its unit, and the zones that go furthest."""
    amounts, unit, at_most = _excess(problem, own)
    best: Bound | None = None
    for amount in amounts:
        try:
            bound = lower_bound(
                problem, others, amount, rounds=_ROUNDS, deadline=deadline, interrupt=interrupt
            )
        except NotLinearError:
            continue
        if bound.value is not None and (best is None or bound.value > (best.value or 0.0)):
            best = bound
    if best is None or best.value is None or best.value - at_most <= _WORTH_SAYING:
        return None, unit, ()
    where = _furthest(problem, own, best.x) if best.x is not None else ()
    return best.value - at_most, unit, where


def _excess(problem: Problem, own: Sequence[Constraint]) -> tuple[list[Amount], str, float]:
    """Return amounts that say how far a rule is broken, their unit, and their value when kept.

    The rule must give way by the largest of them.
    """
    bands = [c for c in own if isinstance(c, ZoneBand)]
    limits = [c for c in own if isinstance(c, Limit)]
    pairs = [c for c in own if isinstance(c, AllowedPairs)]
    if bands:
        worst: list[Amount] = [ZoneWorst(b.name, b.unit, _beyond(problem, b)) for b in bands]
        return worst, f"{bands[0].unit} in one zone", 0.0
    if limits:
        return [limits[0].amount], limits[0].amount.unit, limits[0].at_most
    if pairs:
        forbidden = ~np.logical_and.reduce([c.allowed for c in pairs])
        if not problem.students[forbidden.any(axis=1)].sum():
            return [PairAmount(pairs[0].name, "blocks", forbidden.astype(float))], "blocks", 0.0
        cost = np.where(forbidden, problem.students[:, None], 0.0)
        return [PairAmount(pairs[0].name, "students", cost)], "students", 0.0
    return [], "", 0.0


def _beyond(problem: Problem, band: ZoneBand) -> ZoneDeviation:
    """Return how far each zone is outside a band, as an amount."""
    one = np.ones(problem.n_zones)
    return ZoneDeviation(band.name, band.unit, band.measures, band.lower, band.upper, one)


def _furthest(problem: Problem, own: Sequence[Constraint], x: Floats) -> tuple[str, ...]:
    """Return up to three zones furthest outside a rule's bands in a fractional plan."""
    far = np.zeros(problem.n_zones)
    for band in own:
        if isinstance(band, ZoneBand):
            per_block = sum(f * problem.measure(k) for k, f in band.measures.items())
            e = np.asarray(per_block @ x)
            far = np.maximum(far, np.maximum(e - band.upper, band.lower - e))
    worst = np.argsort(-far, kind="stable")[:3]
    names = problem.zone_names or tuple(str(z) for z in problem.zone_ids)
    return tuple(names[z] for z in worst if far[z] > 0.5 * far.max() > 0)


def _number(value: float) -> str:
    """Return a number with three meaningful digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
