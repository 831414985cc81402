"""From a sweep file to its jobs: variations × grid × subsets × districts × seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

from geodata.errors import counted
from planner.batch.job import Job, job_digest
from planner.batch.keys import apply, written
from planner.batch.known_district import KnownDistrict, know_district
from planner.batch.sweep_file import Subsets, Sweep, Variation
from planner.errors import ScenarioError
from planner.scenario import Scenario, load_scenario, parse_scenario
from planner.scenario.options import suggest

__all__ = ["expand_sweep", "size_words"]

BASE = "base"
NAMED = 40  # schools that are named where one is unknown


@dataclass(frozen=True, slots=True)
class _Choice:
    """One combination, before districts and seeds."""

    variation: Variation
    settings: dict[str, Any]  # as the tables show them
    sets: tuple[tuple[str, Any], ...]
    events: tuple[dict[str, Any], ...]


def expand_sweep(sweep: Sweep) -> list[Job]:
    """Return every job of a sweep, in its order.

    A scenario that cannot be meant becomes a job with a fault; the others are not affected.

    Raises
    ------
    ScenarioError
        Where the base cannot be read, or no job of all could be meant.
    """
    base = load_scenario(sweep.place(sweep.base))
    places = [sweep.place(text) for text in sweep.districts]
    known: dict[str, KnownDistrict] = {}
    scenarios = {"": base}
    jobs: dict[tuple[Any, ...], Job] = {}
    for choice in _choices(sweep):
        asked = _scenario_of(sweep, choice, base, scenarios)
        fallback = base.district if isinstance(asked, str) else Path(asked["district"])
        for place in places or [fallback]:
            key = str(place)
            if key not in known:
                known[key] = know_district(place)
            own = base.seed if isinstance(asked, str) else int(asked["seed"])
            for seed in sweep.seeds or (own,):
                spot = _spot(choice.settings, known[key], seed if sweep.seeds else None)
                if spot in jobs:
                    raise ScenarioError(
                        f"{sweep.path.name}: two scenarios are both {jobs[spot].name!r}",
                        "one of them would be lost",
                        "name every variation, value, school and district once",
                    )
                jobs[spot] = _job(sweep, choice, asked, known[key], seed=seed, earlier=jobs)
    found = list(jobs.values())
    _refuse_history(sweep, found, known)
    if found and all(job.fault for job in found):
        raise ScenarioError(
            f"{sweep.path.name}: no scenario of {len(found)} can be run; the first:\n"
            f"{found[0].fault}"
        )
    return found


def _refuse_history(sweep: Sweep, jobs: Iterable[Job], known: Mapping[str, KnownDistrict]) -> None:
    """Refuse a history of counts that is of the grades of no level that is redrawn."""
    history = () if sweep.robustness is None else sweep.robustness.history
    districts = {one.path: one for one in known.values()}
    grades = {
        f"{count} ({level})": count
        for job in jobs
        for level, count in districts[job.district].grades.items()
        if job.scenario and level in (job.scenario.get("levels") or [level])
    }
    if history and grades and len(history[0]) not in grades.values():
        raise ScenarioError(
            f"{sweep.path.name}: history has {len(history[0])} counts a year",
            f"the levels have as many grades: {', '.join(grades)}",
            "write one count for each grade of the level, the lowest first",
        )


def _spot(
    settings: Mapping[str, Any], district: KnownDistrict, seed: int | None
) -> tuple[Any, ...]:
    """Return what tells a job from all others; no seed where each scenario has its own."""
    return (*((key, repr(value)) for key, value in settings.items()), district.path, seed)


def _choices(sweep: Sweep) -> Iterator[_Choice]:
    """Yield variations × grid × subsets, the last one changing fastest."""
    variations = sweep.variations or (Variation(BASE),)
    keys = list(sweep.grid)
    columns = _columns(sweep)
    several = bool(sweep.variations)
    for variation in variations:
        for values in product(*(sweep.grid[key] for key in keys)):
            for chosen in product(*(_subsets(subset) for subset in sweep.subsets)):
                settings: dict[str, Any] = {"variation": variation.name} if several else {}
                sets = (*variation.set.items(), *zip(keys, values, strict=True))
                settings |= dict(zip(keys, values, strict=True))
                events: list[dict[str, Any]] = []
                for column, subset, schools in zip(columns, sweep.subsets, chosen, strict=True):
                    settings[column] = list(schools)
                    events += [
                        {"kind": subset.kind, "school": school, **subset.options}
                        for school in schools
                    ]
                yield _Choice(variation, settings, sets, tuple(events))


def _columns(sweep: Sweep) -> list[str]:
    """Return the column of each [[subsets]] table, numbered where a name is not its alone."""
    names = [f"event.{subset.kind}" for subset in sweep.subsets]
    return [
        name if names.count(name) == 1 and name not in sweep.grid
        else f"{name} ({names[: at + 1].count(name)})"
        for at, name in enumerate(names)
    ]  # fmt: skip


def _subsets(subset: Subsets) -> list[tuple[str, ...]]:
    return [c for size in subset.sizes for c in combinations(subset.schools, size)]


def _scenario_of(
    sweep: Sweep, choice: _Choice, base: Scenario, read: dict[str, Scenario]
) -> dict[str, Any] | str:
    """Return the resolved scenario of a choice, or why there is none."""
    try:
        file = choice.variation.scenario or ""
        if file not in read:
            read[file] = load_scenario(sweep.place(file))
        asked = dict(read[file].resolved)
        for key, value in choice.sets:
            asked = apply(asked, key, value)
        asked["event"] = [*asked.get("event", []), *choice.events]
        name = _name(sweep, choice.settings)
        asked["title"] = f"{base.title} · {name}" if name else base.title
        asked["stop"] = _stop(sweep, asked.get("stop", {}), dict(choice.sets))
        return dict(parse_scenario(asked).resolved)
    except ScenarioError as error:
        return str(error)


def _stop(sweep: Sweep, stop: Mapping[str, Any], sets: Mapping[str, Any]) -> dict[str, Any]:
    """Say when a job stops: the sweep's word replaces the base's, a grid's word replaces both."""
    asked = dict(stop)
    said = {"iterations": sweep.iterations, "time_limit_s": sweep.time_limit_s}
    if any(value is not None for value in said.values()):
        asked = {key: value for key, value in asked.items() if key not in said}
        asked |= {key: value for key, value in said.items() if value is not None}
    return asked | {key[5:]: value for key, value in sets.items() if key.startswith("stop.")}


def _job(
    sweep: Sweep,
    choice: _Choice,
    asked: dict[str, Any] | str,
    district: KnownDistrict,
    *,
    seed: int,
    earlier: Mapping[tuple[Any, ...], Job],
) -> Job:
    name = _name(sweep, choice.settings) or BASE
    job = Job(
        digest="",
        name=name,
        variation=choice.variation.name,
        settings=choice.settings,
        district=district.path,
        district_name=district.name,
        district_digest=district.digest,
        seed=seed,
    )
    fault = district.fault or (asked if isinstance(asked, str) else _unknown(asked, district))
    if fault or isinstance(asked, str):
        said = {"sets": choice.sets, "events": choice.events, "of": choice.variation.scenario}
        digest = job_digest(said, district.digest or district.path, seed, "")
        return replace(job, digest=digest, fault=fault)
    parent = _parent(sweep, choice, district, seed, earlier)
    scenario = asked | {"district": district.path, "seed": seed}
    digest = job_digest(scenario, district.digest, seed, parent)
    return replace(job, digest=digest, scenario=scenario, parent=parent)


def _unknown(asked: Mapping[str, Any], district: KnownDistrict) -> str:
    """Return which schools of events the district does not have; "" where it has all."""
    known, told = set(district.schools), []
    for event in asked.get("event", []):
        if event["kind"] == "open":
            known.add(event["school"])
        elif event["school"] not in known:
            hint = suggest(event["school"], sorted(known)) if len(known) <= NAMED else ""
            told.append(
                f"event {event['kind']!r}: no school {event['school']} in {district.name}{hint}"
            )
    return "; ".join(told)


def _parent(
    sweep: Sweep,
    choice: _Choice,
    district: KnownDistrict,
    seed: int,
    earlier: Mapping[tuple[Any, ...], Job],
) -> str:
    """Return the job whose plan this one starts from, as the sweep file says; "" for none."""
    before = dict(choice.settings)
    if sweep.warm_start:
        values = list(sweep.grid[sweep.warm_start])
        at = values.index(choice.settings[sweep.warm_start])
        if at > 0:
            before[sweep.warm_start] = values[at - 1]
    if before == choice.settings and choice.variation.start is not None:
        before["variation"] = choice.variation.start
    if before == choice.settings:
        return ""
    parent = earlier.get(_spot(before, district, seed if sweep.seeds else None))
    return "" if parent is None or parent.fault else parent.digest


def _name(sweep: Sweep, settings: Mapping[str, Any]) -> str:
    """Return what a job varies, in short words; keys of one value are left out."""
    told = []
    for key, value in settings.items():
        if key in sweep.grid and len(sweep.grid[key]) == 1:
            continue
        text = written(value) or "none"
        short = key.split(".", 1)[-1].split(" ")[0].replace(".", " ").replace("_", " ")
        told.append(text if key == "variation" else f"{short} {text}")
    return ", ".join(told)


def size_words(sweep: Sweep, jobs: Sequence[Job]) -> str:
    """Say how large a batch is and why: the product behind its number."""
    parts = [counted(len(sweep.variations), "variation")] if sweep.variations else []
    parts += [f"{len(values)} × {key}" for key, values in sweep.grid.items()]
    parts += [
        f"{counted(len(_subsets(s)), 'subset')} of {counted(len(s.schools), 'school')} ({s.kind})"
        for s in sweep.subsets
    ]
    parts += [f"{len(sweep.districts)} districts"] if len(sweep.districts) > 1 else []
    parts += [f"{len(sweep.seeds)} seeds"] if len(sweep.seeds) > 1 else []
    return counted(len(jobs), "scenario") + (f" = {' · '.join(parts)}" if parts else "")
