"""A scenario: what may change, what must hold, what is aimed at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from geodata.dtypes import Ints
from planner.errors import ScenarioError
from planner.problem import Problem
from planner.problem.build import build_problem
from planner.problem.events import Event
from planner.problem.seats import as_drawn
from planner.rules import AssignOnce, Finding, Rule
from planner.scenario.in_year import InYear
from planner.scenario.ledger import VariableUse, ledger
from planner.scenario.options import suggest
from planner.scenario.stage import PlacedRule, Stage, Stop
from planner.scenario.start import Start, read_start, starting_from
from planner.scenario.words import sentences
from planner.terms import Amount, Constraint

if TYPE_CHECKING:
    from geodata import District
    from planner.plan import Plan

__all__ = ["Scenario"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scenario:
    """Rules, aims and events of one question put to the planner.

    Parameters
    ----------
    title : str
    district : Path
        District file.
    levels : tuple of str
        Levels to redraw, in the order of drawing; none: every level of the district.
    rules : tuple of PlacedRule
    objectives : tuple of Stage
        In the order of priority.
    events : tuple of Event
        Openings, closures and so on, before zones are drawn.
    race_conscious : bool
        Whether rules or aims may name groups of the students file.
    seed : int
    stop : Stop
    path : Path or None
        The scenario's own file.
    files : tuple of Path
        Files it was read from, the base first.
    resolved : mapping
        Everything above as plain values, for the record; `parse_scenario` reads it back.
    start : Path, optional
        File of the plan the search starts from.
    begun : Start, optional
        That plan, where it was read already.
    """

    title: str
    district: Path
    levels: tuple[str, ...] = ()
    rules: tuple[PlacedRule, ...] = ()
    objectives: tuple[Stage, ...] = ()
    events: tuple[Event, ...] = ()
    race_conscious: bool = False
    seed: int = 0
    stop: Stop = field(default_factory=Stop)
    path: Path | None = None
    files: tuple[Path, ...] = ()
    resolved: Mapping[str, Any] = field(default_factory=dict)
    start: Path | None = None
    begun: Start | None = None

    def levels_of(self, district: District) -> tuple[str, ...]:
        """Return the levels to redraw, in the order in which they are drawn.

        Raises
        ------
        ScenarioError
            If the scenario, a rule or an aim names a level that the district does not have.
        """
        named = dict.fromkeys(self.levels, "levels")
        named |= {level: f"rule {p.rule.name!r}" for p in self.rules for level in p.levels}
        named |= {
            level: f"aim {stage.name!r}" for stage in self.objectives for level in stage.levels
        }
        faults = [
            f"{where}: the district has no level {level!r}{suggest(level, district.levels)}"
            for level, where in named.items()
            if level not in district.levels
        ]
        if faults:
            raise ScenarioError("; ".join(faults), remedy="correct the names of levels")
        return tuple(dict.fromkeys(self.levels or district.levels))

    def with_start(self, district: District) -> Scenario:
        """Return the scenario with the plan it starts from read, where it names one.

        Raises
        ------
        ScenarioError
            With every fault of the plan's file.
        """
        if self.start is None or self.begun is not None:
            return self
        return replace(self, begun=read_start(self.start, district, self.events, self.levels))

    def problems(self, district: District, drawn: Plan | None = None) -> dict[str, Problem]:
        """Return the arrays of every level to redraw, after the events.

        Parameters
        ----------
        district : District
        drawn : Plan, optional
            For each level, the other levels stand as drawn here, else as today: buildings of both
            have only the seats that those leave free.  A finished plan is so measured whole; a
            level to draw stands beside those drawn before it.
        """
        asked = self.with_start(district)
        return {level: asked.problem(district, level, drawn) for level in self.levels_of(district)}

    def problem(self, district: District, level: str, drawn: Plan | None = None) -> Problem:
        """Return the arrays of one level, as in `problems`."""
        self.levels_of(district)  # refuses levels that the district does not have
        begun = self.with_start(district).begun
        if drawn is not None:
            district = as_drawn(district, drawn, set(drawn.levels) - {level})
        problem = build_problem(district, level, events=self.events, years=self.years_for(level))
        return problem if begun is None else starting_from(problem, begun)

    def rules_for(self, level: str) -> tuple[Rule, ...]:
        """Return the rules that hold for a level; every block has one school first of all."""
        placed = (placed for placed in self.rules if placed.holds_for(level))
        held = (rule for one in placed for rule in one.by_year())
        return (AssignOnce(), *(rule for rule in held if not isinstance(rule, AssignOnce)))

    def years_for(self, level: str) -> tuple[int, ...]:
        """Return the years of the forecast that rules or aims of a level count, sorted."""
        held = [rule.year for rule in self.rules_for(level) if isinstance(rule, InYear)]
        aimed = [stage.year for stage in self.objectives_for(level) if stage.year is not None]
        return tuple(sorted({*held, *aimed}))

    def objectives_for(self, level: str) -> tuple[Stage, ...]:
        """Return the aims for a level in their order."""
        return tuple(stage for stage in self.objectives if stage.aims_at(level))

    def constraints(self, problem: Problem) -> tuple[Constraint, ...]:
        """Write all rules of the problem's level as terms.

        Raises
        ------
        ScenarioError
            With everything the district lacks for any rule, at once.
        """
        rows = _gather(rule.lower for rule in self.rules_for(problem.level))
        return tuple(term for terms in rows(problem) for term in terms)

    def amounts(self, problem: Problem) -> tuple[Amount, ...]:
        """Write all aims of the problem's level as amounts, in their order."""
        return tuple(_gather(s.amount for s in self.objectives_for(problem.level))(problem))

    def check(self, problem: Problem, zone_of: Ints) -> list[Finding]:
        """Measure every rule of the problem's level on a plan, independently of the solver."""
        rules = self.rules_for(problem.level)
        found = [finding for rule in rules for finding in rule.check(problem, zone_of)]
        return [replace(finding, level=problem.level) for finding in found]

    def check_what_can_be(self, problem: Problem, zone_of: Ints) -> tuple[list[Finding], list[str]]:
        """Measure the rules that can be measured, as `check`, and tell why the others cannot."""
        found: list[Finding] = []
        unchecked = []
        for rule in self.rules_for(problem.level):
            try:
                found += rule.check(problem, zone_of)
            except ScenarioError as error:
                unchecked.append(
                    f"{problem.level}: rule {rule.name!r} is not checked: {error.what}."
                )
        return [replace(finding, level=problem.level) for finding in found], unchecked

    def variables_used(self, counted: Iterable[str] = ()) -> tuple[VariableUse, ...]:
        """Return the use ledger: which counts of people decide, and which are only watched.

        Parameters
        ----------
        counted : iterable of str
            Measures the district counts (`Problem.extra_measures`).
        """
        return ledger(self.rules, self.objectives, counted)

    def sentences(self) -> list[str]:
        """Return the scenario in sentences, as `planner explain` prints it."""
        return sentences(self)


def _gather(calls: Iterable[Callable[[Problem], T]]) -> Callable[[Problem], list[T]]:
    """Return a function that makes all calls and tells all their faults together."""
    made = list(calls)

    def run(problem: Problem) -> list[T]:
        done, faults = [], []
        for call in made:
            try:
                done.append(call(problem))
            except ScenarioError as error:
                faults.append(error)
        if len(faults) == 1:
            raise faults[0]
        if faults:
            raise ScenarioError("\n".join(dict.fromkeys(str(error) for error in faults)))
        return done

    return run
