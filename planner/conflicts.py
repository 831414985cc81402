"""Why a scenario has no plan, level by level, in the words of its own rules."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from planner.alone import alone, shared_schools
from planner.giving_way import say_what_is_enough
from planner.model.diagnose import Diagnosis, diagnose
from planner.needs import listed
from planner.problem import Problem
from planner.progress import Progress, ProgressListener, silent
from planner.rules import Rule, SchoolInOwnZone
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
        ask = partial(_diagnosed, time_limit_s=time_limit_s, progress=progress, interrupt=interrupt)
        diagnosis = ask(scenario, problem)
        if diagnosis.is_infeasible and (shared := shared_schools(problems, level)):
            whatever = ask(*alone(scenario, district, level, shared))
            diagnosis = whatever if whatever.is_infeasible else _beside(diagnosis, shared)
        if diagnosis.is_infeasible and not _holds_roots(scenario, level):
            diagnosis = replace(diagnosis, sentences=(*diagnosis.sentences, ROOTED.strip()))
        found.append(Conflict(level, diagnosis))
    return found


def _diagnosed(
    scenario: Scenario,
    problem: Problem,
    *,
    time_limit_s: float,
    progress: ProgressListener,
    interrupt: threading.Event | None,
) -> Diagnosis:
    """Diagnose one level, with plans that show what is enough."""
    begin = time.monotonic()

    def tell(message: str) -> None:
        spent = time.monotonic() - begin
        progress(Progress(f"conflicts {problem.level}", seconds=spent, message=message))

    tell("looking for the fewest rules that no plan holds together")
    rules = _by_sentence(scenario, problem.level)
    diagnosis = diagnose(
        problem,
        {sentence: rule.lower(problem) for sentence, rule in rules.items()},
        time_limit=time_limit_s,
        interrupt=None if interrupt is None else interrupt.is_set,
    )
    return say_what_is_enough(
        diagnosis,
        scenario,
        problem,
        rules,
        deadline=begin + time_limit_s,
        tell=tell,
        interrupt=interrupt,
    )


def _holds_roots(scenario: Scenario, level: str) -> bool:
    """Tell whether a rule says that every zone keeps its school's block, as every plan does."""
    return any(isinstance(rule, SchoolInOwnZone) for rule in scenario.rules_for(level))


def _beside(diagnosis: Diagnosis, shared: frozenset[str]) -> Diagnosis:
    """Say that a conflict is proven only beside the other levels as they are."""
    note = (
        "Other plans of the other levels may leave room; beside those levels as drawn or as they "
        f"stand today, at {listed(sorted(shared))}, the following holds."
    )
    return replace(diagnosis, is_infeasible=False, sentences=(note, *diagnosis.sentences))
