"""Which plan of a batch suits a scenario better than its own: it holds every rule, and is better.

Rules are measured on the plan and aims computed from it, both as the scenario asks them; limits are
not compared.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geodata import DataError, District, load_district
from geodata.dtypes import Ints
from planner.batch.folder import BatchFolder
from planner.batch.job import Job
from planner.problem import Problem
from planner.runs import Run
from planner.scenario import Scenario, parse_scenario
from planner.scenario.alone import schools_beside
from planner.solving.aims import no_aim
from planner.solving.solution import PROVEN
from planner.terms import Amount

__all__ = ["Suits"]

_SURE = {"PROVEN_OPTIMAL", "INFEASIBLE"}


@dataclass(frozen=True)
class Suits:
    """Which plans suit which jobs of a batch; what was read once is kept.

    Parameters
    ----------
    batch : BatchFolder
    by_seed : bool
        Whether only plans of the same seed are taken.
    """

    batch: BatchFolder
    by_seed: bool
    _runs: dict[str, Run] = field(default_factory=dict)
    _districts: dict[str, District | None] = field(default_factory=dict)
    _zones: dict[tuple[object, ...], Ints] = field(default_factory=dict)

    def best(self, job: Job, jobs: Sequence[Job]) -> Job | None:
        """Return the job with the best plan that suits a job better than its own, if any."""
        run = self._run(job)
        if run is None or run.status in _SURE or (district := self._district(job)) is None:
            return None
        question, own = _Question.of(job, district), _reached(run)
        better = []
        for other in (other for other in jobs if self._may_suit(job, other)):
            placed = self._placed(question, other)
            values = {level: one.value for level, one in placed.items()}
            if _beats(values, own):
                better.append((list(values.values()), placed, other))
        better.sort(key=lambda one: one[0])
        return next((other for _, placed, other in better if question.holds(placed)), None)

    def _may_suit(self, job: Job, other: Job) -> bool:
        return (
            other.digest != job.digest
            and other.district_digest == job.district_digest
            and (other.seed == job.seed or not self.by_seed)
            and (run := self._run(other)) is not None
            and run.plan is not None
        )

    def _placed(self, question: _Question, other: Job) -> dict[str, _Placed]:
        """Return each level with a plan's zones; empty where a block has none."""
        plan, placed = self._runs[other.digest].plan, {}
        for level, (problem, aim) in question.levels.items():
            if plan is None or level not in plan.levels:
                return {}
            if question.looks_beside:  # at the other levels as the plan has them
                problem = question.scenario.problem(question.district, level, plan)
                aim = _first_aim(question.scenario, problem)
            key = (other.digest, level, *problem.zone_of_school().items())
            if key not in self._zones:  # many problems have the same zones
                self._zones[key] = plan.zone_index(problem)
            if (self._zones[key] < 0).any():
                return {}
            placed[level] = _Placed(problem, aim, self._zones[key])
        return placed

    def _run(self, job: Job) -> Run | None:
        if job.digest not in self._runs and (run := self.batch.read(job.digest)) is not None:
            self._runs[job.digest] = run
        return self._runs.get(job.digest)

    def _district(self, job: Job) -> District | None:
        """Return a job's district; None where it is not any more what plans were made for."""
        if job.district_digest not in self._districts:
            try:
                district = load_district(job.district)
            except (DataError, OSError):
                return None
            is_same = district.digest() == job.district_digest
            self._districts[job.district_digest] = district if is_same else None
        return self._districts[job.district_digest]


def _reached(run: Run) -> Mapping[str, float]:
    """Return the first aim of each level at its own turn, infinite without a plan."""
    if run.plan is None:
        return {}
    first: dict[str, float] = {}
    for aim in run.record["objectives"]:
        value = aim["value"] if aim.get("reached") is None else aim["reached"]
        first.setdefault(str(aim["level"]), float(value))
    return first


@dataclass(frozen=True, slots=True)
class _Placed:
    """A level of a question, its first aim, and where a plan has its blocks."""

    problem: Problem
    aim: Amount
    zone_of: Ints

    @property
    def value(self) -> float:
        """The first aim."""
        return self.aim.value(self.problem, self.zone_of)


@dataclass(frozen=True, slots=True)
class _Question:
    """What a job asks, as arrays: each level with its first aim.

    Parameters
    ----------
    scenario : Scenario
    district : District
    levels : mapping of level to (Problem, Amount)
        Beside the other levels as they are today.
    looks_beside : bool
        Whether rules or aims of some level see the plans of others: seats shared, or feeders.
    """

    scenario: Scenario
    district: District
    levels: Mapping[str, tuple[Problem, Amount]]
    looks_beside: bool

    @classmethod
    def of(cls, job: Job, district: District) -> _Question:
        scenario = parse_scenario(job.scenario)
        problems = scenario.problems(district)
        looks = any(schools_beside(scenario, problems, level) for level in problems)
        levels = {name: (one, _first_aim(scenario, one)) for name, one in problems.items()}
        return cls(scenario, district, levels, looks)

    def holds(self, placed: Mapping[str, _Placed]) -> bool:
        """Tell whether every rule of every level is kept."""
        found = (self.scenario.check(one.problem, one.zone_of) for one in placed.values())
        return all(finding.ok for findings in found for finding in findings)


def _first_aim(scenario: Scenario, problem: Problem) -> Amount:
    return (*scenario.amounts(problem), no_aim(problem))[0]


def _beats(values: Mapping[str, float], own: Mapping[str, float]) -> bool:
    """Tell whether no level's first aim is worse and one is better."""
    pairs = [(value, own.get(level, math.inf)) for level, value in values.items()]
    apart = [(a, b) for a, b in pairs if not math.isclose(a, b, rel_tol=PROVEN, abs_tol=1e-9)]
    return bool(apart) and all(a < b for a, b in apart)
