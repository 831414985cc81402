"""A front of two aims, traced by ε-constraints, each point with its proven bound.

The two ends come first: the least x (then y), and the least y (then x); one that finds no plan in
its time begins again from the other one's.  Between them, x may be at most ε and y is made as small
as can be, for evenly spaced ε; every such search starts from the plan of least x, which holds every
ε.  A point takes over the plan of another one that holds its ε and is better.  The front is a batch
of its own, so it can be resumed.
"""

from __future__ import annotations

import shlex
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from geodata.errors import counted
from geodata.reserved import POOR
from planner.batch.folder import BatchFolder
from planner.batch.front import LEAST_X, LEAST_Y, Front, Question, points_table, refuse_aim
from planner.batch.hands import Hands
from planner.batch.job import Job
from planner.batch.keys import written
from planner.batch.known_district import know_district
from planner.batch.loop import Tally
from planner.batch.pools import Pool
from planner.batch.sweep import conclude, do_batch
from planner.batch.tables import write_table
from planner.batch.take_over import take_over
from planner.errors import InfeasibleError, ScenarioError, SolverError
from planner.objectives import OBJECTIVES
from planner.progress import ProgressListener, silent
from planner.scenario import Scenario, load_scenario
from planner.scenario.options import read_option, suggest
from planner.scenario.staging import StagedAim

__all__ = ["trace_front"]

_SAME: Mapping[str, dict[str, Any]] = {  # metrics that an objective is, up to a fixed factor
    "travel_mean_metres": {"use": "travel", "unit": "km"},
    "travel_mean_minutes": {"use": "travel", "unit": "min"},
    "poverty_distance": {"use": "poverty_spread", "of": "mean"},
    "share_moved": {"use": "students_moved"},
    "size_spread": {"use": "utilization_spread", "relative_to": "mean", "of": "worst"},
    "exposure_to_poverty": {"use": "exposure", "to": POOR},
}


def trace_front(
    file: Path,
    out: Path,
    x: str,
    y: str,
    points: int,
    *,
    open_workers: Callable[[], Pool],
    iterations: int | None = None,
    time_limit_s: float | None = None,
    seed: int | None = None,
    resume: bool = False,
    progress: ProgressListener = silent,
    interrupt: threading.Event | None = None,
) -> Front:
    """Trace the front of two aims of a scenario of one level.

    Parameters
    ----------
    file : Path
        Scenario; its own aims are replaced by x and y.
    out : Path
        Batch folder.
    x, y : str
        Objectives, or metrics that an objective stands for, with options where needed:
        ``dissimilarity group="Pacific Islander"``, ``parity_gap min_students=20 groups=a,b``.  An
        aim of the scenario lends its options.
    points : int
        2 or more.
    open_workers : callable
        Gives the pool.
    iterations, time_limit_s, seed
        For each point; the scenario's by default.
    resume : bool
    progress : ProgressListener
    interrupt : Event, optional

    Raises
    ------
    ScenarioError
        Where an aim is unknown, or the scenario redraws several levels.
    InfeasibleError, SolverError
        Where an end of the front has no plan, after the page of what was found is written.
    """
    stop = {"iterations": iterations, "time_limit_s": time_limit_s}
    question = _ask(file, x, y, points=points, stop=stop, seed=seed)
    batch, hands = BatchFolder(Path(out)), Hands(open_workers, progress, interrupt)
    tally = Tally(0)

    def work(jobs: Sequence[Job], words: str, again: bool) -> Tally:
        manifest = question.manifest(jobs)
        return do_batch(batch, manifest, hands, words=words, resume=again).after(tally)

    ends = [
        question.job(LEAST_X, [question.x, question.y], None),
        question.job(LEAST_Y, [question.y, question.x], None),
    ]
    tally = work(ends, f"the 2 ends of a front of {points} points", resume)
    helped = ends if hands.is_stopped else _helped(batch, question, ends)
    if helped != ends:
        ends = helped
        tally = work(ends, "an end without a plan begins with the other end's", True)
    jobs = list(ends)
    if not hands.is_stopped and all(_has_plan(batch, job) for job in ends):
        between = _between(batch, question, ends)
        jobs = [ends[0], *between, ends[1]]
        if between:
            count = counted(len(between), "point")
            tally = work(jobs, f"{count} between the ends of a front", True)
    front = _written(batch, question, jobs, tally, hands)
    for job in [] if hands.is_stopped else ends:
        _refuse_end(batch, job, front)
    return front


def _written(
    batch: BatchFolder, question: Question, jobs: Sequence[Job], tally: Tally, hands: Hands
) -> Front:
    """Write tables and page of the points that have a plan, however many those are."""
    has_ends = all(_has_plan(batch, job) for job in (jobs[0], jobs[-1]))
    whole, notes = take_over(batch, jobs, hands) if has_ends else (tuple(jobs), ())
    table = points_table(batch, question, whole)
    outcome = conclude(batch, question.manifest(whole, table), tally, hands, notes)
    place = batch.path / "front.csv"
    write_table(table, place.with_suffix(".parquet"))
    return Front(outcome, table, place, question.points)


def _ask(
    file: Path, x: str, y: str, *, points: int, stop: Mapping[str, Any], seed: int | None
) -> Question:
    scenario = load_scenario(file)
    district = know_district(scenario.district)
    if district.fault:
        raise ScenarioError(district.fault)
    if points < 2:
        raise ScenarioError("a front needs two points or more", remedy="set --points 2 or higher")
    levels = scenario.levels or tuple(district.grades)
    if len(levels) != 1:
        raise ScenarioError(
            f"the scenario redraws {len(levels)} levels; a front is of one",
            remedy='set levels = ["elementary"], say, in the scenario',
        )
    aims = [_aim(name, scenario) for name in (x, y)]
    for flag, text, aim in zip(("--x", "--y"), (x, y), aims, strict=True):
        refuse_aim(flag, text, aim, sorted(district.groups))
    if aims[0] == aims[1]:
        raise ScenarioError(f"--x and --y are the same: {x}", remedy="name two measures")
    given = {key: value for key, value in stop.items() if value is not None}
    asked = dict(scenario.resolved)
    if given:
        asked["stop"] = {k: v for k, v in asked["stop"].items() if k not in stop} | given
    if seed is not None:
        asked["seed"] = seed
    scenario = replace(scenario, resolved=asked)
    return Question(scenario, aims[0], aims[1], points, district)


def _aim(text: str, scenario: Scenario) -> dict[str, Any]:
    """Read an aim: a name, and options as ``key=value``, with quotes where a value has blanks."""
    try:
        name, *options = shlex.split(text)
    except ValueError as error:
        raise ScenarioError(
            f"{text!r} cannot be read: a quote is not closed, or nothing is named",
            remedy="write a name and options, such as 'exposure group=black to=\"not poor\"'",
        ) from error
    fixed = _SAME.get(name, {"use": name})
    said: dict[str, Any] = {"use": fixed["use"]}
    kinds: tuple[Any, ...] = OBJECTIVES
    found = next((kind for kind in kinds if kind.name == said["use"]), None)
    if found is None:
        names = [*(kind.name for kind in kinds), *_SAME]
        raise ScenarioError(
            f"{text!r} cannot be aimed at{suggest(name, names)}",
            "a front needs measures that a search can make small, within proven bounds",
            f"choose from: {', '.join(names)}",
        )
    allowed = [*(option.name for option in fields(found)), "year"]
    for aim in scenario.resolved.get("objective", []):
        if aim["use"] == said["use"]:
            said |= {key: value for key, value in aim.items() if key in allowed}
            break
    said |= fixed
    for option in options:
        key, _, value = option.partition("=")
        if key not in allowed:
            raise ScenarioError(
                f"{text!r}: unknown option {key!r}{suggest(key, allowed)}",
                remedy='write options as key=value, and key="a b" where a value has a blank',
            )
        said[key] = read_option(StagedAim if key == "year" else found, key, value)
    usual = {option.name: option.default for option in fields(found)}
    return {key: value for key, value in said.items() if key == "use" or value != usual.get(key)}


def _between(batch: BatchFolder, question: Question, ends: Sequence[Job]) -> list[Job]:
    """Return the jobs between the two ends."""
    low, high = (_x_of(batch, job) for job in ends)
    jobs = []
    for at_most in question.limits(low, high):
        title = f"{question.x['use']} at most {written(at_most)}"
        limit = _limit(question.x, at_most)
        jobs.append(question.job(title, [question.y, question.x], limit, ends[0].digest))
    return list({job.digest: job for job in jobs}.values()) if high > low else []


def _limit(aim: Mapping[str, Any], at_most: float) -> dict[str, Any]:
    """Return the rule that limits an aim, in its year."""
    options = {key: value for key, value in aim.items() if key not in ("use", "year")}
    years = {"years": [aim["year"]]} if "year" in aim else {}
    return {"use": "limit", "objective": aim["use"], "at_most": at_most, **options, **years}


def _has_plan(batch: BatchFolder, job: Job) -> bool:
    run = batch.read(job.digest)
    return run is not None and run.plan is not None


def _helped(batch: BatchFolder, question: Question, ends: Sequence[Job]) -> list[Job]:
    """Return the ends, one whose search found no plan begun again from the other one's plan.

    Both keep the same rules, so the plan of one is a plan for the other.
    """
    least_x, least_y = ends
    found = [_has_plan(batch, job) for job in ends]
    if found == [True, False]:
        return [least_x, question.job(LEAST_Y, [question.y, question.x], None, least_x.digest)]
    if found == [False, True]:
        return [question.job(LEAST_X, [question.x, question.y], None, least_y.digest), least_y]
    return list(ends)


def _refuse_end(batch: BatchFolder, job: Job, front: Front) -> None:
    """Raise where an end has no plan, with the reason and what there is nevertheless."""
    run = batch.read(job.digest)
    if run is not None and run.plan is not None:
        return
    kept = f"what was found is on {front.outcome.page}"
    if run is None:
        failure = batch.failures().get(job.digest, {})
        told = failure.get("message", "it was not finished")
        kind = ScenarioError if failure.get("kind") == "input" else SolverError
        raise kind(
            f"the point {job.name!r} of the front has no run: {told}",
            kept,
            "correct it, and repeat the command with --resume",
        )
    if run.status == "INFEASIBLE":
        raise InfeasibleError(
            f"the point {job.name!r} of the front has no plan: no plan can keep every rule",
            kept,
            "'planner diagnose' says which rules are in conflict",
        )
    raise SolverError(
        f"the point {job.name!r} of the front has no plan: the search was too short to find one "
        f"({_budget(job)}); that does not say there is none",
        kept,
        "give each point more with --time-limit or --iterations",
    )


def _budget(job: Job) -> str:
    stop = job.scenario.get("stop", {})
    told = {"time_limit_s": "{:g} s", "iterations": "{:,} iterations"}
    return ", ".join(text.format(stop[key]) for key, text in told.items() if key in stop)


def _x_of(batch: BatchFolder, job: Job) -> float:
    """Return x in the plan of an end."""
    run = batch.read(job.digest)
    aims = [] if run is None else run.record["objectives"]
    return float(aims[0 if job.name == LEAST_X else 1]["value"])
