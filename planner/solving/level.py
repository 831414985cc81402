"""Solve one level: the aims one after the other, each with its bound and its search."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from geodata.dtypes import Ints
from planner.model.bound import Bound
from planner.model.exact import ExactOutcome, solve_exact
from planner.model.write import NotLinearError
from planner.plan import Plan
from planner.problem import Problem
from planner.scenario import Scenario
from planner.search import Bench, Best, OnRound, Round, Search, run_search
from planner.solving.aims import Aim, Budget, LevelResult, StageEnd, guide, no_aim, stage_end_of
from planner.solving.floor import bound_at
from planner.solving.session import Session
from planner.solving.solution import PROVEN, AimValue, SolveStatus, gap_between
from planner.solving.start import (
    COMPACT_ROUNDS,
    compact_relaxation,
    proven_start,
    relaxed_plan,
    start_plans,
)
from planner.solving.watch import BoundWatch
from planner.terms import Amount, Limit

RELAXATION = 0.3  # share of a stage's time that a search waits for the relaxation
EXACT_PAIRS = 2400  # block-school pairs up to which the exact model is tried
COUNTED_PAIRS, MOVES_A_PAIR = 200, 5000  # of counted solves: the more moves, the larger
EXACT_SHARE = 0.5
UNPROVEN = "unproven_plan"  # in the record: what the exact mode had when it was stopped
Script = dict[str, Any] | None  # what a run recorded of an aim, where it is repeated


@dataclass
class LevelSolver:
    """Solves one level of a scenario."""

    scenario: Scenario
    problem: Problem
    budget: Budget
    session: Session

    def run(self) -> LevelResult:
        """Reach the aims in their order; each holds, up to what it may give back, for the next."""
        problem, scenario = self.problem, self.scenario
        rules = scenario.constraints(problem)
        stages = scenario.objectives_for(problem.level)
        amounts = list(scenario.amounts(problem)) or [no_aim(problem)]
        result = LevelResult(problem, SolveStatus.NO_PLAN, None)
        limits: list[Limit] = []
        for number, amount in enumerate(amounts):
            name = stages[number].name if stages else amount.name
            unit = stages[number].unit if stages else amount.unit
            year = stages[number].year if stages else None
            if result.zone_of is not None and self._is_cut_short(number):
                value = amount.value(problem, result.zone_of)
                result.aims.append(AimValue(name, problem.level, unit, value, None, year=year))
                continue
            after = stages[number + 1] if number + 1 < len(amounts) else None
            stage = Aim(
                amount,
                (*rules, *limits),
                None if after is None else amounts[number + 1],
                self.budget.deadline_of(number, len(amounts)),
                self.budget.moves_of(number, len(amounts)),
            )
            end = self._solve_stage(stage, number, result)
            if end.zone_of is None:
                if number == 0:
                    result.status = end.status
                break
            result.zone_of = end.zone_of
            value = amount.value(problem, end.zone_of)
            bound = bound_at(problem, amount, value, end.bound)
            result.aims.append(AimValue(name, problem.level, unit, value, bound, year=year))
            if after is not None:
                at_most = after.above_at_most(value)
                limits.append(Limit(f"aim {name}", amount, at_most + 1e-9 * max(1.0, abs(value))))
        return self._conclude(result, amounts)

    def _is_cut_short(self, number: int) -> bool:
        """Tell whether no further aim is sought: stopped now, or in the run that is repeated."""
        script = self.budget.script
        is_left_out = script is not None and number >= len(script)
        is_late = time.monotonic() >= self.budget.deadline
        return self.session.is_interrupted or is_late or is_left_out

    def _conclude(self, result: LevelResult, amounts: Sequence[Amount]) -> LevelResult:
        """Check the plan against every rule, measure every aim on it, say how sure it is."""
        if result.zone_of is None:
            return result
        reached = list(result.aims)  # each at its own turn, before later aims took something back
        for number, aim in enumerate(reached):
            value = amounts[number].value(self.problem, result.zone_of)
            result.aims[number] = replace(aim, value=value, reached=aim.value)
        findings = self.scenario.check(self.problem, result.zone_of)
        result.broken = tuple(f.sentence for f in findings if not f.ok)
        if result.broken:
            result.status, result.zone_of = SolveStatus.NO_PLAN, None
        elif all(aim.is_proven for aim in reached) and len(reached) == len(amounts):
            result.status = SolveStatus.PROVEN_OPTIMAL
        elif result.aims and result.aims[0].bound is not None:
            result.status = SolveStatus.FEASIBLE
        else:
            result.status = SolveStatus.HEURISTIC
        return result

    def _solve_stage(self, stage: Aim, number: int, result: LevelResult) -> StageEnd:
        script = self.budget.script[number] if self.budget.script else None
        rounds = 1 if script else stage.relaxations(self._pairs)  # a repeat proves nothing anew
        ask = (self.problem, stage.constraints, stage.amount, rounds, stage.deadline)
        with BoundWatch(*ask) as watch:
            tried = self._try_exact(stage, script, watch)
            proven = None if tried is None else stage_end_of(tried)
            if proven is not None:
                nodes = self._exact_nodes(stage, script)
                result.stages.append({"aim": stage.amount.name, "method": "exact", "nodes": nodes})
                return proven
            return self._search(stage, script, watch, result, self._unproven(script, tried))

    def _unproven(self, script: Script, tried: ExactOutcome | None) -> Ints | None:
        """Return the plan of a stopped exact mode; the recorded one where a run is repeated."""
        if script is None:
            return None if tried is None else tried.zone_of
        table = script.get(UNPROVEN)
        return None if table is None else Plan(pd.DataFrame(table)).zone_index(self.problem)

    def _try_exact(self, stage: Aim, script: Script, watch: BoundWatch) -> ExactOutcome | None:
        """Try to solve a small level to proven optimality."""
        asked = self._is_small(stage) if script is None else script["method"] == "exact"
        if not asked:
            return None
        left = stage.deadline - time.monotonic()
        limit = math.inf if self.budget.is_counted else EXACT_SHARE * min(left, 120.0)
        self._tell("exact", "solving the exact model")
        try:
            end = solve_exact(
                self.problem,
                stage.constraints,
                stage.amount,
                time_limit=limit,
                gap=PROVEN,
                seed=self.session.seed,
                node_limit=self._exact_nodes(stage, script),
                interrupt=self.session.interrupt.is_set,
            )
        except NotLinearError:
            return None
        found = end.value if end.zone_of is not None else None
        watch.raise_to(end.bound)
        proven = end.bound if math.isfinite(end.bound) else None
        self._tell("exact", f"the exact model: {end.status}", best=found, bound=proven)
        return end

    @property
    def _pairs(self) -> int:
        """Block-school pairs of the level."""
        return self.problem.n_blocks * self.problem.n_zones

    def _is_small(self, stage: Aim) -> bool:
        """Tell whether the exact model is worth a try; a counted solve has no clock to stop it."""
        if stage.moves is None:
            return self._pairs <= EXACT_PAIRS
        return self._pairs <= min(EXACT_PAIRS, max(COUNTED_PAIRS, stage.moves // MOVES_A_PAIR))

    def _exact_nodes(self, stage: Aim, script: Script) -> int | None:
        return stage.exact_nodes if script is None else script.get("nodes")

    def _search(
        self,
        stage: Aim,
        script: Script,
        watch: BoundWatch,
        result: LevelResult,
        unproven: Ints | None,
    ) -> StageEnd:
        self.session.workers.start()
        first = self._first_bound(stage, script, watch)
        if self.budget.is_counted and self.session.workers.count == 1:
            watch.finish(self.session.interrupt)  # one processor, one thing at a time
        record: dict[str, Any] = {
            "aim": stage.amount.name,
            "method": "search",
            "relaxation": first is not None,
            "compact": 0,
            "rounds": [],
        }
        seed = self.session.seed + 1000 * len(result.stages)
        result.stages.append(record)
        if watch.is_infeasible:
            return StageEnd(SolveStatus.INFEASIBLE, None, None)
        guided = guide(stage, self.problem, None if first is None else first.value)
        bench = Bench.make(self.problem, stage.constraints, guided)
        known = result.zone_of
        starts = self._starts(bench, known, unproven, record)
        best = proven_start(bench, stage.amount, starts, first)
        if best is not None:
            return StageEnd(SolveStatus.FEASIBLE, best, None if first is None else first.value)
        if known is None and first is not None:
            starts[1:1] = self._relaxed(stage, bench, first, script, record)
        search = Search(bench, self.session.workers, starts, seed)
        rounds = None if script is None else [Round(*one) for one in script["rounds"]]
        heard, until = self._listener(stage, bench, watch), (stage.deadline, self.budget.deadline)
        run_search(search, heard, rounds, stage.moves, until)
        result.moves += search.moves_tried
        record["rounds"] = [[r.begin, r.end, r.steps] for r in search.rounds]
        if self.budget.is_counted:
            watch.finish(self.session.interrupt)
        best = self._best_by_aim(stage, bench, [search.best.zone, *starts])
        if best is None:
            result.broken = self._what_breaks(bench.model.units.expand(search.best.zone))
            status = SolveStatus.INFEASIBLE if watch.is_infeasible else SolveStatus.NO_PLAN
            return StageEnd(status, None, watch.value)
        return StageEnd(SolveStatus.FEASIBLE, best, watch.value)

    def _starts(
        self, bench: Bench, known: Ints | None, unproven: Ints | None, record: dict[str, Any]
    ) -> list[Ints]:
        """Return plans of units to start from; the exact mode's is put on record.

        It is left out where it breaks a rule, or divides what the search moves as one.
        """
        units = bench.model.units
        start = self.session.start
        starts = start_plans(bench, start) if known is None else [units.shrink(known)]
        if unproven is None or self._what_breaks(unproven):
            return starts
        zone = units.shrink(unproven)
        if np.array_equal(units.expand(zone), unproven):
            record[UNPROVEN] = Plan.from_zones(self.problem, unproven).table.to_dict("list")
            starts.append(zone)
        return starts

    def _relaxed(
        self,
        stage: Aim,
        bench: Bench,
        first: Bound,
        script: Script,
        record: dict[str, Any],
    ) -> list[Ints]:
        """Return the plan nearest to the relaxation, the compact one where there is time for it."""
        now = time.monotonic()
        until = math.inf if self.budget.is_counted else now + RELAXATION * (stage.deadline - now)
        rounds = COMPACT_ROUNDS if script is None else script["compact"]
        compact = compact_relaxation(bench, first, rounds, until, self.session.interrupt.is_set)
        record["compact"] = 0 if compact is None else compact.rounds
        point = (compact or first).x
        return [] if point is None else [relaxed_plan(bench, point)]

    def _best_by_aim(self, stage: Aim, bench: Bench, zones: Sequence[Ints]) -> Ints | None:
        """Return the plan with the best aim, the next one's part left out, of those that hold."""
        holding = [zone for zone in zones if bench.holds(zone)]
        plans = [bench.model.units.expand(zone) for zone in holding]
        return min(plans, key=lambda plan: stage.amount.value(self.problem, plan), default=None)

    def _what_breaks(self, zone_of: Ints) -> tuple[str, ...]:
        findings = self.scenario.check(self.problem, zone_of)
        return tuple(f.sentence for f in findings if not f.ok)

    def _first_bound(self, stage: Aim, script: Script, watch: BoundWatch) -> Bound | None:
        """Wait for the relaxation, which the search may start from."""
        stop = self.session.interrupt
        if script is not None:
            return watch.wait_first(math.inf, stop) if script["relaxation"] else None
        now = time.monotonic()
        until = math.inf if stage.moves is not None else now + RELAXATION * (stage.deadline - now)
        self._tell("bound", "solving the linear relaxation")
        return watch.wait_first(until, stop)

    def _listener(self, stage: Aim, bench: Bench, watch: BoundWatch) -> OnRound:
        near_enough = self.budget.gap if self.budget.gap is not None else PROVEN

        def on_round(best: Best, share: float) -> bool:
            value = stage.amount.value(self.problem, bench.model.units.expand(best.zone))
            holds = bench.holds(best.zone)
            bound = bound_at(self.problem, stage.amount, value, watch.value)
            aim = f"aim {stage.amount.name} [{stage.amount.unit}]"
            held = value if holds else None
            gap = gap_between(value, bound)
            done = holds and not self.budget.is_counted and gap is not None and gap <= near_enough
            is_vain = watch.is_infeasible and not self.budget.is_counted
            is_over = done or is_vain  # what is left of the aim's time is not needed
            self._tell("search", aim, best=held, bound=bound, share=1.0 if is_over else share)
            return is_over or self.session.is_interrupted

        return on_round

    def _tell(self, phase: str, message: str, **how_far: float | None) -> None:
        self.session.tell(f"{phase} {self.problem.level}", message, **how_far)
