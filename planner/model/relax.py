"""The least by which one rule must give way while all others are kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from geodata.dtypes import Floats
from planner.model.bound import Bound, lower_bound
from planner.model.highs import Interrupt
from planner.model.write import NotLinearError
from planner.problem import Problem
from planner.terms import (
    AllowedPairs,
    Amount,
    Constraint,
    Limit,
    PairAmount,
    ZoneBand,
    ZoneDeviation,
    ZoneWorst,
)

_ROUNDS = 10
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
    kept : tuple of str
        Keys of the rules that are kept meanwhile: all others, or, where even dropping this rule
        leaves no plan, the others in conflict with it.
    sentence : str
    enough : float or None
        A plan is known that gives way by so much; None where none was sought or found.
    """

    rule: str
    amount: float | None
    unit: str
    where: tuple[str, ...]
    is_enough: bool
    kept: tuple[str, ...]
    sentence: str
    enough: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return rule, amounts and unit as plain values, for JSON."""
        return {
            "rule": self.rule,
            "at_least": self.amount,
            "enough": self.enough,
            "unit": self.unit,
            "kept": list(self.kept),
        }

    def raised(self, amount: float) -> Relaxation:
        """Return the relaxation with a higher proven amount, where it is higher."""
        if amount <= max(self.amount or 0.0, _WORTH_SAYING):
            return self
        higher = replace(self, amount=amount)
        return replace(higher, sentence=_sentence(higher))


def least_relaxation(
    problem: Problem,
    rule: str,
    own: Sequence[Constraint],
    others: Mapping[str, Sequence[Constraint]],
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
    others : mapping of rule to its constraints
        The rules that are kept.
    is_enough : bool
        False where other rules are known to collide without this one.
    deadline : float [s]
        On the clock of `time.monotonic`; what is not proven by then is not claimed.
    interrupt : function that answers True when it is time to stop, or None
    """
    rows = [constraint for constraints in others.values() for constraint in constraints]
    least, unit, where = _least(problem, own, rows, deadline, interrupt)
    found = Relaxation(rule, least, unit, where, is_enough, tuple(others), "")
    return replace(found, sentence=_sentence(found))


def _sentence(found: Relaxation) -> str:
    """Say by how much a rule must give way."""
    kept = "all other rules" if found.is_enough else "the others in conflict with it"
    text = f"{found.rule.rstrip('.')}: "
    if found.amount is None:
        text += f"by how much it must give way while {kept} are kept is not proven"
    else:
        much = f"{_number_at_most(found.amount)} {found.unit}".rstrip()
        text += f"it must give way by at least {much} while {kept} are kept"
        text += f", most at {', '.join(found.where)}" if found.where else ""
    if not found.is_enough:
        text += "; that alone would not be enough, other rules collide too"
    return f"{text}."


def _least(
    problem: Problem,
    own: Sequence[Constraint],
    others: Sequence[Constraint],
    deadline: float,
    interrupt: Interrupt | None,
) -> tuple[float | None, str, tuple[str, ...]]:
    """Return the certified least excess of a rule, its unit, and the zones that go furthest."""
    amounts, unit, at_most = excess_amounts(problem, own)
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


def excess_amounts(problem: Problem, own: Sequence[Constraint]) -> tuple[list[Amount], str, float]:
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
    return tuple(problem.zone_name(z) for z in worst.tolist() if far[z] > 0.5 * far.max() > 0)


def _number_at_most(value: float) -> str:
    """Return a number with three meaningful digits, not above it: what is proven."""
    return _rounded(value, math.floor)


def number_at_least(value: float) -> str:
    """Return a number with three meaningful digits, not below it: what is enough."""
    return _rounded(value, math.ceil)


def _rounded(value: float, to: Callable[[float], int]) -> str:
    """Round to three meaningful digits, whole numbers from 100 on."""
    places = 0 if value >= 100 else 2 - math.floor(math.log10(value)) if value > 0 else 0
    nearest = round(value, places + 6)  # what rounding of floats adds is not told
    text = f"{to(nearest * 10**places) / 10**places:,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if places else text
