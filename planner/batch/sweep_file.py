"""A sweep file: one base scenario and all that is to be varied, read with every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from planner.batch.further import Ensemble, Robustness
from planner.batch.keys import refuse_key
from planner.batch.view import axis_fault
from planner.errors import ScenarioError
from planner.problem.events import EVENTS
from planner.scenario.options import Faults, pop_option, refuse_unknown
from planner.scenario.tables import Entry
from planner.scenario.toml_file import expanded, read_toml

__all__ = ["LIMIT", "Subsets", "Sweep", "Variation", "read_sweep"]

LIMIT = 250
"""Scenarios that are solved without being asked for a second time."""

_KEYS = (
    'README.md, "Many what-ifs", lists the keys of a sweep, `planner explain --json` those of '
    "rules, objectives and events"
)

_TABLES = {"variation", "subsets", "robustness", "ensemble"}
_BLANK: Mapping[str, Any] = {"title": "", "base": "", "name": "", "schools": (), "choose": ()}
"""What stands for a needed key that is missing, so that the rest is looked at too."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Variation:
    """One scenario of its own: the base, or another file, with some keys set.

    Parameters
    ----------
    name : str
    scenario : str, optional
        Path of another scenario file, in place of the base.
    start : str, optional
        Name of the variation whose plan the search starts from.
    set : mapping
        Key to value, as in ``[grid]`` but with one value each.
    """

    name: str
    scenario: str | None = None
    start: str | None = None
    set: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subsets:
    """One scenario for every subset of some schools: each gets one event.

    Parameters
    ----------
    schools : tuple of str
    choose : int or tuple of int
        How many of them at a time.
    kind : str
        Kind of event.
    options : mapping
        Other options of each event.
    """

    schools: tuple[str, ...]
    choose: int | tuple[int, ...]
    kind: str = "close"
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many schools at a time."""
        return (self.choose,) if isinstance(self.choose, int) else self.choose


@dataclass(frozen=True, slots=True)
class Sweep:
    """A batch of what-ifs, as its file says it.

    Parameters
    ----------
    title : str
    base : str
        Path of the base scenario; ``${NAME:-default}`` reads the environment.
    districts : tuple of str
        Paths of district files; the scenario's own where there are none.
    seeds : tuple of int
        The scenario's own seed where there are none.
    iterations : int, optional
        Thousands of moves tried for each scenario: the same results on every machine.
    time_limit_s : float, optional [s]
        Time for each scenario, where no iterations are given; the base's [stop] by default.
    warm_start : str
        A key of the grid: along it, each search starts from the plan of the value before.
    limit : int
        Scenarios that may run without --yes.
    x, y : str
        Measures of the front on the page; the first two that differ by default.
    """

    title: str
    base: str
    schema: int = 1
    districts: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    iterations: int | None = None
    time_limit_s: float | None = None
    warm_start: str = ""
    limit: int = LIMIT
    x: str = ""
    y: str = ""
    grid: Mapping[str, Any] = field(default_factory=dict)
    variations: tuple[Variation, ...] = ()
    subsets: tuple[Subsets, ...] = ()
    robustness: Robustness | None = None
    ensemble: Ensemble | None = None
    path: Path = Path()

    def place(self, text: str) -> Path:
        """Return a path of the file, relative to its folder."""
        return (self.path.parent / expanded(text, self.path.name)).absolute()


def read_sweep(path: Path | str) -> Sweep:
    """Read a sweep file.

    Raises
    ------
    ScenarioError
        With every fault of the file: place, key, and a suggestion for misspelt ones.
    """
    path = Path(path)
    data, _ = read_toml(path, "sweep")
    faults = Faults([])
    given: dict[str, Any] = {
        "variations": _many(Variation, data.pop("variation", []), "variation", path, faults),
        "subsets": _many(Subsets, data.pop("subsets", []), "subsets", path, faults),
        "robustness": _one(Robustness, data.pop("robustness", None), "[robustness]", path, faults),
        "ensemble": _one(Ensemble, data.pop("ensemble", None), "[ensemble]", path, faults),
        "path": path.absolute(),
    }
    sweep = Sweep(**_values(Sweep, Entry(data, path.name, asked=set(_TABLES)), faults, given))
    _refuse(sweep, faults)
    _refuse_variations(sweep, faults)
    faults.refuse(path.name, _KEYS)
    return sweep


def _many(kind: type[T], tables: Any, name: str, path: Path, faults: Faults) -> tuple[T, ...]:
    if isinstance(tables, Mapping) or not isinstance(tables, list):
        faults.add(path.name, f"write [[{name}]] with two brackets, one each")
        return ()
    made = (_one(kind, t, f"[[{name}]] {i}", path, faults) for i, t in enumerate(tables, start=1))
    return tuple(one for one in made if one is not None)


def _one(kind: type[T], table: Any, label: str, path: Path, faults: Faults) -> T | None:
    if table is None:
        return None
    if not isinstance(table, Mapping):
        faults.add(path.name, f"{label} = {table!r} is no table of keys and values")
        return None
    entry = Entry(dict(table), path.name, label)
    try:
        return kind(**_values(kind, entry, faults))
    except ScenarioError as error:
        faults.add(entry.where(), error.what)
        return None


def _values(
    kind: type, entry: Entry, faults: Faults, given: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the fields of a table; one at fault is told and stands at its default.

    So the values of a table are looked at even where one of its keys is misspelt.
    """
    hints, values = get_type_hints(kind), dict(given or {})
    options = [option for option in fields(kind) if option.name not in values]
    for option in options:
        default = option.default
        if default is MISSING and option.default_factory is not MISSING:
            default = option.default_factory()
        elif default is MISSING:
            default = _BLANK[option.name]
            if option.name not in entry.values:
                faults.add(entry.where(), f"{option.name} is missing")
        values[option.name] = pop_option(entry, option.name, hints[option.name], default, faults)
    refuse_unknown(entry, [option.name for option in options], faults)
    return values


def _refuse(sweep: Sweep, faults: Faults) -> None:
    """Take down what no scenario of the sweep could mean."""
    name = sweep.path.name
    if sweep.schema != 1:
        faults.add(name, "schema = 1 is the only one there is")
    for key, values in sweep.grid.items():
        if fault := refuse_key(key):
            faults.add(f"{name}, [grid]", fault)
        if not isinstance(values, list) or not values:
            faults.add(f"{name}, [grid]", f"{key!r} needs a list of values, such as [1.0, 1.1]")
        elif twice := _twice(values):
            faults.add(f"{name}, [grid]", f"{key!r} names {twice[0]!r} twice")
    if sweep.warm_start and sweep.warm_start not in sweep.grid:
        faults.add(name, f"warm_start = {sweep.warm_start!r} is no key of [grid]")
    for key in ("seeds", "districts"):
        if len(set(getattr(sweep, key))) < len(getattr(sweep, key)):
            faults.add(name, f"{key} names one twice")
    for key in ("iterations", "time_limit_s", "limit"):
        value = getattr(sweep, key)
        if value is not None and value < 0:
            faults.add(name, f"{key} = {value:g} must not be negative")
    for key in ("x", "y"):
        value = getattr(sweep, key)
        if value and (fault := axis_fault(value)):
            faults.add(name, f"{key} = {fault}")
    kinds = [event.kind for event in EVENTS]
    for subset in sweep.subsets:
        if twice := [*_twice(subset.schools), *_twice(subset.sizes)]:
            faults.add(f"{name}, [[subsets]]", f"names {twice[0]!r} twice")
        if subset.kind not in kinds:
            faults.add(f"{name}, [[subsets]]", f"kind = {subset.kind!r}: one of {kinds}")
        if not all(0 <= size <= len(subset.schools) for size in subset.sizes):
            faults.add(
                f"{name}, [[subsets]]",
                f"choose = {subset.choose}: from 0 to {len(subset.schools)} schools can be chosen",
            )


def _twice(values: Sequence[Any]) -> list[Any]:
    """Return the values that stood before; 1 and 1.0 are the same, 1 and true are not."""
    told = [(isinstance(value, bool), value) for value in values]
    return [value for at, value in enumerate(values) if told[at] in told[:at]]


def _refuse_variations(sweep: Sweep, faults: Faults) -> None:
    names = [variation.name for variation in sweep.variations]
    for number, variation in enumerate(sweep.variations, start=1):
        place = f"{sweep.path.name}, [[variation]] {number}"
        if variation.name and names.index(variation.name) < number - 1:
            faults.add(place, f"there are two of the name {variation.name!r}")
        if variation.start is not None and variation.start not in names[: number - 1]:
            faults.add(place, f"start = {variation.start!r} is no variation before this one")
        for key in variation.set:
            if fault := refuse_key(key):
                faults.add(place, fault)
