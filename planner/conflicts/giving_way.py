"""What is enough: a plan that breaks one rule as little as is found, and keeps the others.

`planner.model.relax` proves how much a rule in conflict must give way at least.  Here a plan is
sought that gives way by little, so that the words can name limits that are known to do.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from geodata.dtypes import Ints
from planner.model.diagnose import Diagnosis
from planner.model.relax import Relaxation, excess_amounts, number_at_least
from planner.problem import Problem
from planner.problem.school_counts import Also
from planner.rules import Rule
from planner.scenario import PlacedRule, Stage
from planner.solving import solve_problem
from planner.terms import Amount, Constraint, WeightedSum

if TYPE_CHECKING:
    from planner.scenario import Scenario

__all__ = ["say_what_is_enough"]

SEARCH_S = 10.0  # for each rule, at most


@dataclass(frozen=True, slots=True)
class GivingWay:
    """An aim: break one rule as little as possible.

    Maths    sum over the rule's bands of the excess of the worst zone; the limited amount itself;
             or the students in pairs of block and school that the rule forbids
    """

    name: ClassVar[str] = "giving_way"
    counts_also: ClassVar[tuple[Also, ...]] = ()
    unit: str
    own: tuple[Constraint, ...]

    def amount(self, problem: Problem) -> Amount:
        """Write it for solver and search."""
        amounts = excess_amounts(problem, self.own)[0]
        if len(amounts) == 1:
            return amounts[0]
        return WeightedSum(self.name, self.unit, tuple((1.0, amount) for amount in amounts))

    def measure(self, problem: Problem, zone_of: Ints) -> float:
        """Measure it on a plan."""
        return self.amount(problem).value(problem, zone_of)

    def sentence(self) -> str:
        """Say the aim in plain words."""
        return "One rule is broken as little as possible."

    def variables(self) -> tuple[str, ...]:
        """Return no measure of people: the rule states its own."""
        return ()


def say_what_is_enough(
    diagnosis: Diagnosis,
    scenario: Scenario,
    problem: Problem,
    rules: Mapping[str, Rule],
    *,
    deadline: float,
    tell: Callable[[str], None],
    interrupt: threading.Event | None = None,
) -> Diagnosis:
    """Add to each relaxation a plan that is known to do, in the rule's own words.

    Parameters
    ----------
    diagnosis : Diagnosis
    scenario : Scenario
    problem : Problem
    rules : mapping of sentence to Rule
        The keys are those of the diagnosis.
    deadline : float [s]
        On the clock of `time.monotonic`.
    tell : function of a sentence
        Hears what is being sought.
    interrupt : Event, optional
        Set from outside, it ends the search.
    """
    sentences = list(diagnosis.sentences)
    told = []
    for number, relaxation in enumerate(diagnosis.relaxations):
        left = (deadline - time.monotonic()) / (len(diagnosis.relaxations) - number)
        is_over = left <= 0 or (interrupt is not None and interrupt.is_set())
        if not is_over:
            tell(f"looking for a plan that gives way at: {relaxation.rule}")
            others = [rules[key] for key in relaxation.kept]
            better = _sought(
                relaxation,
                scenario,
                problem,
                rule_and_others=(rules[relaxation.rule], others),
                left=left,
                interrupt=interrupt,
            )
            sentences[sentences.index(relaxation.sentence)] = better.sentence
            relaxation = better
        told.append(relaxation)
    return replace(diagnosis, relaxations=tuple(told), sentences=tuple(sentences))


def _sought(
    relaxation: Relaxation,
    scenario: Scenario,
    problem: Problem,
    *,
    rule_and_others: tuple[Rule, Sequence[Rule]],
    left: float,
    interrupt: threading.Event | None,
) -> Relaxation:
    """Search for a plan without the rule; return the relaxation with what it gives way by."""
    rule, others = rule_and_others
    own = tuple(rule.lower(problem))
    amounts, unit, at_most = excess_amounts(problem, own)
    if not amounts:
        return relaxation
    asked = replace(
        scenario,
        rules=tuple(PlacedRule(other) for other in others),
        objectives=(Stage(((1.0, GivingWay(unit, own)),)),),
    )
    found = solve_problem(
        asked, problem, time_limit_s=min(SEARCH_S, left), threads=1, interrupt=interrupt
    )
    if found.zone_of is None:
        return replace(
            relaxation, sentence=f"{relaxation.sentence} Whether so much is enough is not known."
        )
    bound = found.aims[0].bound
    if len(amounts) == 1 and bound is not None:
        relaxation = relaxation.raised(bound - at_most)
    enough = max(amount.value(problem, found.zone_of) for amount in amounts) - at_most
    findings = [finding for finding in rule.check(problem, found.zone_of) if not finding.ok]
    words = " ".join(finding.sentence for finding in findings)
    known = f"With {number_at_least(enough)} {unit}".rstrip()
    return replace(
        relaxation,
        enough=enough,
        sentence=f"{relaxation.sentence} {known} a plan is known: {words}",
    )
