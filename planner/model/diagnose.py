"""Why no plan exists: the fewest rules in conflict and the least by which each must give way.

Rules are taken away one by one while the rest still has no plan (a deletion filter).  "No plan"
is proven by the certified relaxation, and in small districts by exact mode, which also finds the
plans that show that a rule is needed for the conflict; what cannot be proven is not claimed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from geodata.errors import counted, listed
from planner.model.exact import ExactStatus, solve_exact
from planner.model.feasibility import PROVEN_EXCESS, least_excess
from planner.model.highs import Interrupt
from planner.model.layout import whole
from planner.model.pairs import close_unreachable
from planner.model.relax import Relaxation, least_relaxation
from planner.model.write import NotLinearError
from planner.problem import Problem
from planner.terms import Constraint, PairAmount

_SMALL_PAIRS = 2500  # exact mode is tried up to this many open pairs
_EXACT_SECONDS = 10.0
_FEW_RULES = 10  # all pairs of rules are tried up to this many rules
_MOST_CONFLICTS = 3  # of rules that no other conflict names
_UNDECIDED = "Fewer of these rules may be enough for the conflict: that could not be decided."
_ANOTHER = "Another conflict, of other rules. "
_NOT_SOUGHT = "Whether still other rules collide was not looked for."


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What collides.

    Parameters
    ----------
    is_infeasible : bool
        Proven: no plan keeps every rule.
    conflicts : tuple of tuple of str
        Sets of keys of rules that collide, none of them in two sets; each rule is needed for its
        conflict, unless a sentence says that this is not decided.  A set is empty where the
        district itself leaves no plan; there is none where nothing is proven.
    relaxations : tuple of Relaxation
        For each rule in conflict, the least by which it alone must give way.
    sentences : tuple of str
        The same in words.
    """

    is_infeasible: bool
    conflicts: tuple[tuple[str, ...], ...]
    relaxations: tuple[Relaxation, ...]
    sentences: tuple[str, ...]

    @property
    def conflict(self) -> tuple[str, ...]:
        """Keys of the rules of the first conflict."""
        return self.conflicts[0] if self.conflicts else ()


def diagnose(
    problem: Problem,
    named_constraints: Mapping[str, Sequence[Constraint]],
    *,
    time_limit: float = math.inf,
    interrupt: Interrupt | None = None,
) -> Diagnosis:
    """Find the rules that cannot be kept together.

    Parameters
    ----------
    problem : Problem
    named_constraints : mapping of rule to its constraints
        The key names the rule in what is returned: its sentence, say.
    time_limit : float [s]
        Sets that are not decided by then count as not proven.
    interrupt : function that answers True when it is time to stop, or None

    Returns
    -------
    Diagnosis
    """
    court = _Court(problem, named_constraints, time.monotonic() + time_limit, interrupt)
    rules = tuple(named_constraints)
    if not court.is_impossible(rules):
        nothing = "No conflict could be proven: the rules may well hold together."
        return Diagnosis(False, (), (), (nothing,))
    conflicts: list[tuple[str, ...]] = []
    relaxations: list[Relaxation] = []
    sentences: list[str] = []
    rest = rules
    while rest and len(conflicts) < _MOST_CONFLICTS and court.is_impossible(rest):
        conflict = court.shrink(rest)
        told = [court.relax(rule, rules, conflict) for rule in conflict if not court.is_over()]
        sentences.append(f"{_ANOTHER if conflicts else ''}{court.sentence(conflict)}")
        sentences += [] if court.is_least(conflict) else [_UNDECIDED]
        sentences += [relaxation.sentence for relaxation in told]
        conflicts.append(conflict)
        relaxations += told
        rest = tuple(rule for rule in rest if conflict and rule not in conflict)
        court.hurry()
    if rest and (len(conflicts) == _MOST_CONFLICTS or court.is_over()):
        sentences.append(_NOT_SOUGHT)
    return Diagnosis(True, tuple(conflicts), tuple(relaxations), tuple(sentences))


@dataclass(slots=True)
class _Court:
    """Decides which sets of rules leave no plan, remembering what was decided.

    A verdict is True where it is proven that there is no plan, False where a plan is known, and
    None where neither is.
    """

    problem: Problem
    named: Mapping[str, Sequence[Constraint]]
    deadline: float
    interrupt: Interrupt | None
    verdicts: dict[frozenset[str], bool | None] = field(default_factory=dict)

    def flat(self, rules: Sequence[str]) -> list[Constraint]:
        """Return the constraints of some rules."""
        return [constraint for rule in rules for constraint in self.named[rule]]

    def is_impossible(self, rules: Sequence[str]) -> bool:
        """Tell whether it is proven that no plan keeps these rules."""
        key = frozenset(rules)
        if key not in self.verdicts:
            self.verdicts[key] = self.decide(self.flat(rules))
        return self.verdicts[key] is True

    def is_least(self, conflict: Sequence[str]) -> bool:
        """Tell whether a plan is known without each of the rules in conflict."""
        rests = (frozenset(conflict) - {rule} for rule in conflict)
        return len(conflict) < 2 or all(self.verdicts.get(rest) is False for rest in rests)

    def decide(self, constraints: Sequence[Constraint]) -> bool | None:
        """Look for a proof, the cheap ones first."""
        layout = close_unreachable(whole(self.problem, constraints), constraints)
        if len(layout.blocks_without_zone()):
            return True
        if self.is_over():
            return None
        try:
            excess = least_excess(
                layout, constraints, time_limit=self.left(), interrupt=self.interrupt
            )
            if excess is not None and excess > PROVEN_EXCESS:
                return True
            if layout.n_pairs > _SMALL_PAIRS or self.is_over():
                return None
            outcome = solve_exact(
                self.problem,
                constraints,
                any_plan(self.problem),
                time_limit=min(_EXACT_SECONDS, self.left()),
                interrupt=self.interrupt,
            )
        except NotLinearError:
            return None
        return {
            ExactStatus.INFEASIBLE: True,
            ExactStatus.OPTIMAL: False,
            ExactStatus.FEASIBLE: False,
        }.get(outcome.status)

    def shrink(self, rules: tuple[str, ...]) -> tuple[str, ...]:
        """Return the fewest rules found that still leave no plan."""
        sizes = (0, 1, 2) if len(rules) <= _FEW_RULES else (0, 1)
        for size in sizes:
            for few in combinations(rules, size):
                if not self.is_over() and self.is_impossible(few):
                    return few
        kept = list(rules)
        for rule in rules:
            rest = [r for r in kept if r != rule]
            if self.is_impossible(rest):
                kept = rest
        return tuple(kept)

    def relax(self, rule: str, rules: tuple[str, ...], conflict: tuple[str, ...]) -> Relaxation:
        """Find the least by which a rule must give way to all others.

        Where they collide without it too, to those in conflict with it.
        """
        others = [r for r in rules if r != rule]
        is_enough = not self.is_impossible(others)
        if not is_enough:
            others = [r for r in conflict if r != rule]
        return least_relaxation(
            self.problem, rule, self.named[rule], {r: self.named[r] for r in others},
            is_enough=is_enough,
            deadline=self.deadline, interrupt=self.interrupt,
        )  # fmt: skip

    def sentence(self, conflict: tuple[str, ...]) -> str:
        """Say what collides."""
        constraints = self.flat(conflict)
        layout = close_unreachable(whole(self.problem, constraints), constraints)
        lost = layout.blocks_without_zone()
        names = listed(layout.block_name(b) for b in lost)
        where = (
            f" No zone is left for {counted(len(lost), 'block')} ({names})." if len(lost) else ""
        )
        if not conflict:
            return f"The district itself leaves no plan, whatever the rules.{where}"
        if len(conflict) == 1:
            return f"This rule alone leaves no plan: {_quoted(conflict)}.{where}"
        return f"These rules cannot be kept together: {_quoted(conflict)}.{where}"

    def hurry(self) -> None:
        """Leave half of the time that is left to others: to find what is enough."""
        self.deadline = min(self.deadline, time.monotonic() + self.left() / 2)

    def left(self) -> float:
        """Return the time left [s]."""
        return self.deadline - time.monotonic()

    def is_over(self) -> bool:
        """Tell whether it is time to stop."""
        return self.left() <= 0 or (self.interrupt is not None and self.interrupt())


def any_plan(problem: Problem) -> PairAmount:
    """Return an aim that is the same for every plan."""
    return PairAmount("any_plan", "", np.zeros((problem.n_blocks, problem.n_zones)))


def _quoted(rules: Sequence[str]) -> str:
    """Return rules in a list, without the stop at the end of a sentence."""
    return "; ".join(rule.rstrip(".") for rule in rules)
