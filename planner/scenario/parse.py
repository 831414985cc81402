"""From the tables of a scenario file to a `Scenario`; all faults of the file are told at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from planner.objectives import OBJECTIVES, Objective
from planner.problem.events import EVENTS, Event
from planner.rules import RULES, MetricLimit, Rule
from planner.scenario.keys import TOP_KEYS
from planner.scenario.ledger import GROUP
from planner.scenario.options import (
    Faults,
    make,
    plain,
    pop_option,
    pop_use,
    refuse_unknown,
)
from planner.scenario.scenario import Scenario
from planner.scenario.stage import PlacedRule, Stage, Stop
from planner.scenario.staging import StagedAim, stages_of
from planner.scenario.start import plan_file
from planner.scenario.tables import Entry, Tables, read_tables, tables_of

__all__ = ["load_scenario", "parse_scenario"]

Names = tuple[str, ...]


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario file.

    Parameters
    ----------
    path : path
        A TOML file; paths in it are relative to it.

    Raises
    ------
    ScenarioError
        With every fault of the file: place, key, and a suggestion for misspelt ones.
    """
    path = Path(path).absolute()
    return _scenario(read_tables(path), path)


def parse_scenario(data: Mapping[str, Any], *, folder: Path | None = None) -> Scenario:
    """Make a scenario of plain values, such as those of a run's record.

    Parameters
    ----------
    data : mapping
        As a scenario file reads; `Scenario.resolved` is one.
    folder : Path, optional
        Folder that a relative district path starts from.
    """
    return _scenario(tables_of(data, folder=folder), None)


def _scenario(tables: Tables, path: Path | None) -> Scenario:
    faults = Faults([])
    head = _head(tables, faults)
    rules = [rule for entry in tables.rules if (rule := _rule(entry, faults)) is not None]
    aims = [aim for entry in tables.objectives if (aim := _aim(entry, faults)) is not None]
    stages = stages_of(aims, faults)
    events = [event for entry in tables.events if (event := _event(entry, faults)) is not None]
    _refuse_race(rules, stages, bool(head["race_conscious"]), faults)
    faults.refuse(path.name if path else "scenario")
    return Scenario(
        title=head["title"],
        district=Path(head["district"]),
        levels=head["levels"],
        rules=tuple(rules),
        objectives=stages,
        events=tuple(events),
        race_conscious=head["race_conscious"],
        seed=head["seed"],
        stop=head["stop"],
        path=path,
        files=tables.files,
        resolved=_resolved(head, rules, stages, events),
        start=head["start"],
    )


def _head(tables: Tables, faults: Faults) -> dict[str, Any]:
    """Read the keys at the top of the file."""
    values = {key: value for key, (value, _) in tables.top.items()}
    places = {key: entry for key, (_, entry) in tables.top.items()}
    for key in [key for key in values if key not in TOP_KEYS]:
        single = Entry({key: values.pop(key)}, places[key].file, "", places[key].lines)
        refuse_unknown(single, TOP_KEYS, faults)

    def option(key: str, kind: Any, default: Any) -> Any:
        if key not in values:
            return default
        place = places[key]
        return pop_option(
            Entry({key: values[key]}, place.file, "", place.lines), key, kind, default, faults
        )

    if "without" in values:
        faults.add(
            places["without"].where("without"),
            "no scenario is extended that rules could be left out of; write extends, or delete it",
        )
    for key in ("title", "district"):
        if key not in values:
            faults.add("top of the file", f"{key} is missing")
    if option("schema", Literal[1], 1) is not None and "schema" not in values:
        faults.add("top of the file", "schema = 1 is missing: it says which keys are meant")
    head = {
        "title": option("title", str, ""),
        "notes": option("notes", str, None),
        "district": option("district", str, ""),
        "levels": option("levels", Names, ()),
        "race_conscious": option("race_conscious", bool, False),
        "seed": option("seed", int, 0),
    }
    start = option("start", str, None)
    head["start"] = None if start is None else plan_file(Path(start))
    if head["seed"] < 0:
        faults.add(places["seed"].where("seed"), f"seed = {head['seed']} must not be negative")
    head["stop"] = _table(values, places, "stop", faults, _stop) or Stop()
    structure = _table(values, places, "structure", faults, _structure)
    head["levels"] = head["levels"] or structure or ()
    return head


def _table(
    values: Mapping[str, Any], places: Mapping[str, Entry], key: str, faults: Faults, read: Any
) -> Any:
    if key not in values:
        return None
    place = places[key]
    if not isinstance(values[key], Mapping):
        faults.add(place.where(key), f"{key} must be a table")
        return None
    lines = {"": place.lines.get(key, 0)}
    return read(Entry(dict(values[key]), place.file, f"[{key}]", lines), faults)


def _stop(entry: Entry, faults: Faults) -> Stop | None:
    stop = make(Stop, entry, faults)
    for option in fields(Stop) if stop else ():
        value = getattr(stop, option.name)
        if value is not None and value < 0:
            faults.add(entry.where(), f"{option.name} = {value:g} must not be negative")
    if stop is not None and stop.gap is not None and stop.gap > 1:
        faults.add(entry.where(), f"gap = {stop.gap:g} is a share: 0.01 means 1 %")
    return stop


def _structure(entry: Entry, faults: Faults) -> Names:
    pop_option(entry, "kind", Literal["boundaries"], "boundaries", faults)
    levels: Names = pop_option(entry, "levels", Names, (), faults)
    refuse_unknown(entry, ("kind", "levels"), faults)
    return levels


def _rule(entry: Entry, faults: Faults) -> PlacedRule | None:
    entry = Entry(dict(entry.values), entry.file, entry.label, entry.lines)
    kind = pop_use(entry, "use", RULES, faults)
    levels: Names = pop_option(entry, "levels", Names, (), faults)
    years: tuple[int, ...] = pop_option(entry, "years", tuple[int, ...], (), faults)
    if kind is None:
        return None
    rule = _limit(entry, faults) if kind is MetricLimit else make(kind, entry, faults)
    return None if rule is None else PlacedRule(rule, levels, tuple(dict.fromkeys(years)))


def _limit(entry: Entry, faults: Faults) -> Rule | None:
    """Read a limit: its objective's keys stand beside it."""
    if "at_most" not in entry.values:
        faults.add(entry.where(), "at_most is missing")
    at_most = pop_option(entry, "at_most", float, None, faults)
    kind = pop_use(entry, "objective", OBJECTIVES, faults)
    objective = None if kind is None else make(kind, entry, faults)
    if objective is None or at_most is None:
        return None
    return MetricLimit(objective, at_most)


def _aim(entry: Entry, faults: Faults) -> StagedAim | None:
    entry = Entry(dict(entry.values), entry.file, entry.label, entry.lines)
    kind = pop_use(entry, "use", OBJECTIVES, faults)
    common = {
        key: pop_option(entry, key, kind_of, None, faults)
        for key, kind_of in (
            ("levels", Names),
            ("priority", int),
            ("weight", float),
            ("keep_within_share", float),
            ("keep_within", float),
            ("year", int),
        )
    }
    objective = None if kind is None else make(kind, entry, faults)
    return None if objective is None else StagedAim(objective, entry, **common)


def _event(entry: Entry, faults: Faults) -> Event | None:
    entry = Entry(dict(entry.values), entry.file, entry.label, entry.lines)
    kind = pop_use(entry, "kind", EVENTS, faults, name="kind")
    return None if kind is None else make(kind, entry, faults)


def _refuse_race(
    rules: list[PlacedRule], stages: tuple[Stage, ...], allowed: bool, faults: Faults
) -> None:
    """Take down every rule and aim that names a group without the scenario's explicit word."""
    if allowed:
        return
    named = [(f"rule {p.rule.name!r}", p.rule.variables()) for p in rules]
    named += [(f"aim {stage.name!r}", stage.variables()) for stage in stages]
    for who, variables in named:
        groups = [name[len(GROUP) :] for name in variables if name.startswith(GROUP)]
        if groups:
            faults.add(
                who,
                f"decides by group ({', '.join(groups)}); deciding by race or ethnicity must be "
                "said openly: set race_conscious = true at the top, or use group = 'poor'",
            )


def _resolved(
    head: Mapping[str, Any], rules: list[PlacedRule], stages: tuple[Stage, ...], events: list[Event]
) -> dict[str, Any]:
    """Return the scenario as plain values that `parse_scenario` reads back."""
    said = {"schema": 1, "title": head["title"], "district": head["district"]}
    said |= {"notes": head["notes"]} if head["notes"] else {}
    said |= {"start": str(head["start"])} if head["start"] else {}
    said |= {"levels": list(head["levels"]), "race_conscious": head["race_conscious"]}
    said |= {"seed": head["seed"], "stop": plain(head["stop"])}
    said["rule"] = [_placed(placed) for placed in rules]
    said["objective"] = [
        _staged(priority, stage, weight, objective)
        for priority, stage in enumerate(stages, start=1)
        for weight, objective in stage.parts
    ]
    said["event"] = [{"kind": event.kind, **plain(event)} for event in events]
    return said


def _placed(placed: PlacedRule) -> dict[str, Any]:
    rule = placed.rule
    said: dict[str, Any] = {"use": rule.name}
    if isinstance(rule, MetricLimit):
        said |= {"objective": rule.objective.name, "at_most": rule.at_most}
        said |= plain(rule.objective)
    else:
        said |= plain(rule)
    said |= {"years": list(placed.years)} if placed.years else {}
    return said | ({"levels": list(placed.levels)} if placed.levels else {})


def _staged(priority: int, stage: Stage, weight: float, objective: Objective) -> dict[str, Any]:
    said: dict[str, Any] = {"use": objective.name, "priority": priority}
    if len(stage.parts) > 1:
        said["weight"] = weight
    for key in ("keep_within_share", "keep_within"):
        if getattr(stage, key):
            said[key] = getattr(stage, key)
    said |= {"year": stage.year} if stage.year is not None else {}
    return said | ({"levels": list(stage.levels)} if stage.levels else {}) | plain(objective)
