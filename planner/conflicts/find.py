"""Why a scenario has no plan, level by level, in the words of its own rules."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from geodata.errors import listed
from planner.conflicts.giving_way import say_what_is_enough
from planner.conflicts.plain_counts import plain_counts
from planner.model.diagnose import Diagnosis, diagnose
from planner.problem import Problem
from planner.progress import Progress, ProgressListener, silent
from planner.rules import Rule, SchoolInOwnZone
from planner.scenario.alone import alone, schools_beside
from planner.scenario.words import ROOTED

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan
    from planner.scenario import Scenario

__all__ = ["Conflict", "find_conflicts"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What was found for one level.

    Parameters
    ----------
    level : str
    diagnosis : Diagnosis
    """

    level: str
    diagnosis: Diagnosis

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain values, for JSON."""
        found = self.diagnosis
        return {
            "level": self.level,
            "infeasible": found.is_infeasible,
            "rules": list(found.conflict),
            "conflicts": [list(rules) for rules in found.conflicts],
            "relaxations": [relaxation.sentence for relaxation in found.relaxations],
            "least": [relaxation.to_dict() for relaxation in found.relaxations],
            "sentences": list(found.sentences),
        }


def _by_sentence(scenario: Scenario, level: str) -> dict[str, Rule]:
    """Return the rules of a level by their sentences; where two read alike, they are numbered."""
    named: dict[str, Rule] = {}
    for rule in scenario.rules_for(level):
        sentence, number = rule.sentence(), 1
        while sentence in named:
            number += 1
            sentence = f"{rule.sentence().rstrip('.')} ({number})."
        named[sentence] = rule
    return named


def find_conflicts(
    scenario: Scenario,
    district: District,
    *,
    drawn: Plan | None = None,
    time_limit_s: float = math.inf,
    progress: ProgressListener = silent,
    interrupt: threading.Event | None = None,
) -> list[Conflict]:
    """Look for the fewest rules that no plan can hold together, and what would be enough to give.

    Parameters
    ----------
    scenario : Scenario
    district : District
    drawn : Plan, optional
        Levels that have a plan, as in `Scenario.problems`; they are not asked about.
    time_limit_s : float [s]
        For each level; what is not decided by then counts as not proven.
    progress : ProgressListener
    interrupt : Event, optional
        Set from outside, it ends the search for conflicts.
    """
    found = []
    problems = scenario.problems(district, drawn)
    for level, problem in problems.items():
        if drawn is not None and level in drawn.levels:
            continue
        scenario.constraints(problem)  # tells everything the district lacks for any rule, at once
        inquiry = _Inquiry(level, time_limit_s, progress, interrupt)
        question = scenario, problem
        diagnosis = inquiry.diagnosed(*question)
        if diagnosis.is_infeasible and (shared := schools_beside(scenario, problems, level)):
            alone_there = alone(scenario, district, level, shared)
            whatever = inquiry.diagnosed(*alone_there)
            if whatever.is_infeasible:
                question, diagnosis = alone_there, whatever
            else:
                diagnosis = _beside(diagnosis, shared)
        diagnosis = inquiry.with_what_is_enough(diagnosis, *question)
        if diagnosis.is_infeasible and not _holds_roots(scenario, level):
            diagnosis = replace(diagnosis, sentences=(*diagnosis.sentences, ROOTED.strip()))
        found.append(Conflict(level, diagnosis))
    return found


@dataclass(slots=True)
class _Inquiry:
    """Asks about one level; every question has the same time, and what is enough the rest of it."""

    level: str
    time_limit_s: float
    progress: ProgressListener
    interrupt: threading.Event | None
    begin: float = field(default_factory=time.monotonic)
    deadline: float = math.inf

    def diagnosed(self, scenario: Scenario, problem: Problem) -> Diagnosis:
        """Return the fewest rules that no plan can hold together."""
        self._tell("looking for the fewest rules that no plan holds together")
        self.deadline = time.monotonic() + self.time_limit_s
        rules = _by_sentence(scenario, self.level)
        found = diagnose(
            problem,
            {sentence: rule.lower(problem) for sentence, rule in rules.items()},
            time_limit=self.time_limit_s,
            interrupt=None if self.interrupt is None else self.interrupt.is_set,
        )
        return _with_plain_counts(found, rules, problem)

    def with_what_is_enough(
        self, diagnosis: Diagnosis, scenario: Scenario, problem: Problem
    ) -> Diagnosis:
        """Return the diagnosis of a question with plans that show what is enough."""
        return say_what_is_enough(
            diagnosis,
            scenario,
            problem,
            _by_sentence(scenario, self.level),
            deadline=self.deadline,
            tell=self._tell,
            interrupt=self.interrupt,
        )

    def _tell(self, message: str) -> None:
        spent = time.monotonic() - self.begin
        self.progress(Progress(f"conflicts {self.level}", seconds=spent, message=message))


def _holds_roots(scenario: Scenario, level: str) -> bool:
    """Tell whether a rule says that every zone keeps its school's block, as every plan does."""
    return any(isinstance(rule, SchoolInOwnZone) for rule in scenario.rules_for(level))


def _with_plain_counts(found: Diagnosis, rules: Mapping[str, Rule], problem: Problem) -> Diagnosis:
    """Begin with what adding up shows; it is a proof where there was no time for another."""
    proofs = plain_counts(problem, rules)
    if not proofs:
        return found
    plain = tuple(proofs.values())
    if not found.is_infeasible:
        return Diagnosis(True, tuple((key,) for key in proofs), (), plain)
    return replace(found, sentences=(*plain, *found.sentences))


def _beside(diagnosis: Diagnosis, shared: frozenset[str]) -> Diagnosis:
    """Say that a conflict is proven only beside the other levels as they are."""
    note = (
        "Other plans of the other levels may leave room; beside those levels as drawn or as they "
        f"stand today, at {listed(sorted(shared))}, the following holds."
    )
    return replace(diagnosis, is_infeasible=False, sentences=(note, *diagnosis.sentences))
