"""One table of a scenario file becomes one rule, objective or event; every fault is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from planner.errors import ScenarioError
from planner.nearest import nearest
from planner.scenario.tables import Entry
from planner.scenario.units import in_km, of_same_unit

__all__ = [
    "Faults", "Kind", "make", "plain", "pop_option", "pop_use", "read_option", "refuse_unknown",
]  # fmt: skip

Kind = TypeVar("Kind")
_STRICT = ConfigDict(strict=True, allow_inf_nan=False)
_TYPED = ConfigDict(allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Faults:
    """Everything wrong with a scenario, gathered before anything is said."""

    told: list[str]

    def add(self, where: str, what: str) -> None:
        """Take down one fault and its place."""
        self.told.append(f"{where}: {what}")

    def refuse(self, name: str, keys: str = "`planner explain --json` lists every key") -> None:
        """Raise all faults at once, if there are any; `keys` says where to look keys up."""
        if self.told:
            count = len(self.told)
            head = f"{name}: {count} fault{'s' if count > 1 else ''}"
            raise ScenarioError(
                "\n".join([head, *(f"  - {text}" for text in self.told)]),
                remedy=f"correct these lines; {keys}",
            )


def pop_use(
    entry: Entry, key: str, kinds: Iterable[type[Kind]], faults: Faults, *, name: str = "name"
) -> type[Kind] | None:
    """Take the class out of a table that names it, such as ``use = "capacity"``."""
    known = {str(getattr(kind, name)): kind for kind in kinds}
    entry.asked.add(key)
    use = entry.values.pop(key, None)
    if isinstance(use, str) and use in known:
        return known[use]
    if use is None:
        faults.add(entry.where(), f"say which one: {key} = {' | '.join(known)}")
    else:
        faults.add(entry.where(key), f"there is no {key} = {use!r}{suggest(use, known)}")
    return None


def pop_option(entry: Entry, key: str, kind: Any, default: Any, faults: Faults) -> Any:
    """Take one option out of a table, checked against its type."""
    entry.asked.add(key)
    if key not in entry.values:
        return default
    value = entry.values.pop(key)
    try:
        return _validated(kind, value)
    except ValidationError as error:
        faults.add(entry.where(key), f"{key} = {value!r}: {_told(error)}")
        return default


def make(kind: type[Kind], entry: Entry, faults: Faults, *, given: Any = None) -> Kind | None:
    """Build a dataclass from what is left of a table.

    Parameters
    ----------
    kind : dataclass
    entry : Entry
    faults : Faults
    given : mapping, optional
        Fields that are known already.
    """
    values: dict[str, Any] = dict(given or {})
    hints = get_type_hints(kind)
    known = [option for option in fields(kind) if option.name not in values]  # type: ignore[arg-type]
    before = len(faults.told)
    for option in known:
        if option.name in entry.values:
            values[option.name] = pop_option(entry, option.name, hints[option.name], None, faults)
        elif option.default is MISSING and option.default_factory is MISSING:
            faults.add(entry.where(), f"{option.name} is missing")
    refuse_unknown(entry, [option.name for option in known], faults)
    if len(faults.told) > before:
        return None
    try:
        return kind(**values)
    except ScenarioError as error:
        faults.add(entry.where(), error.what)
        return None


def read_option(kind: type, key: str, text: str) -> Any:
    """Read an option typed on a command line; the values of a list have commas between them.

    Raises
    ------
    ScenarioError
        Where it is not what the option takes.
    """
    hint = get_type_hints(kind)[key]
    is_list = get_origin(hint) is tuple
    try:
        value = TypeAdapter(hint, config=_TYPED).validate_python(
            text.split(",") if is_list else text
        )
    except ValidationError as error:
        raise ScenarioError(f"{key}={text}: {_told(error)}") from error
    return list(value) if is_list else value


def refuse_unknown(entry: Entry, known: Iterable[str], faults: Faults) -> None:
    """Take down every key that is left and unknown, with a spelling suggestion."""
    names = sorted({*known, *entry.asked})
    for key in list(entry.values):
        if key not in names:
            hint = suggest(key, names, entry.values[key])
            faults.add(entry.where(key), f"unknown key {key!r}{hint}")
            entry.values.pop(key)


def suggest(word: object, known: Iterable[str], value: object = None) -> str:
    """Return the nearest known word of the same unit, or all words, as the end of a message.

    Parameters
    ----------
    word : object
    known : iterable of str
    value : object, optional
        What `word` was set to, where it is the name of an option.
    """
    names = list(known)
    if told := in_km(str(word), names, value):
        return f"; {told}; there are: {', '.join(names)}"
    if not names:
        return "; there are none"
    close = nearest(str(word), of_same_unit(str(word), names))
    return f"; did you mean {close!r}?" if close else f"; there are: {', '.join(names)}"


def plain(thing: Any) -> dict[str, Any]:
    """Return a rule's, objective's or event's options as plain values, unset ones left out."""
    values = {option.name: getattr(thing, option.name) for option in fields(thing)}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in values.items()
        if value is not None and value != ()
    }


def _validated(kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and issubclass(kind, Mapping):
        return value
    return TypeAdapter(kind, config=_STRICT).validate_python(_tuples(value))


def _tuples(value: Any) -> Any:
    """Return a list, and every list in it, as a tuple: TOML has no tuples, options no lists."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _told(error: ValidationError) -> str:
    texts = dict.fromkeys(
        item["msg"]
        .replace("Input should be", "it should be")
        .replace("a valid tuple", "a list, such as [1, 2]")
        .removeprefix("Value error, ")
        for item in error.errors()
        if item["type"] != "none_required"
    )
    return " or ".join(texts)
