"""Which counts of people decide in a scenario, and which are only watched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from geodata.reserved import POOR
from planner.scenario.stage import PlacedRule, Stage

__all__ = ["GROUP", "VariableUse", "ledger", "uses_of"]

GROUP = "group:"


@dataclass(frozen=True, slots=True)
class VariableUse:
    """How one count of people is used.

    Parameters
    ----------
    variable : str
        ``poor`` or ``group:<name>``.
    decides : bool
        Whether rules or aims depend on it; otherwise it is only watched.
    used_by : tuple of str
        Rules and aims that depend on it.
    """

    variable: str
    decides: bool
    used_by: tuple[str, ...]

    def sentence(self) -> str:
        """Say the use in plain words."""
        name = "Poverty" if self.variable == POOR else f"Group {self.variable[len(GROUP) :]}"
        return (
            f"{name}: decides in {', '.join(self.used_by)}."
            if self.decides
            else (f"{name}: watched only.")
        )


def ledger(
    rules: Iterable[PlacedRule], stages: Iterable[Stage], counted: Iterable[str]
) -> tuple[VariableUse, ...]:
    """Return the use of every count, the deciding ones first.

    Parameters
    ----------
    rules : iterable of PlacedRule
    stages : iterable of Stage
    counted : iterable of str
        Measures the district counts; complements (``not:…``) are left out.
    """
    known = sorted(name for name in counted if not name.startswith("not:"))
    groups = [name for name in known if name.startswith(GROUP)]
    users: dict[str, list[str]] = {}
    for who, variable in _uses(rules, stages):
        names = (groups or [variable]) if variable == f"{GROUP}*" else [variable]
        for name in names:
            users.setdefault(name, []).append(who)
    return uses_of(users, known)


def uses_of(users: Mapping[str, Sequence[str]], counted: Iterable[str]) -> tuple[VariableUse, ...]:
    """Return the use of every count from who depends on it, the deciding ones first.

    Parameters
    ----------
    users : mapping of count to what depends on it
    counted : iterable of str
        Every count there is, in the order in which those are told that are only watched.
    """
    deciding = [VariableUse(v, True, tuple(dict.fromkeys(who))) for v, who in sorted(users.items())]
    watched = [VariableUse(v, False, ()) for v in counted if v not in users]
    return (*deciding, *watched)


def _uses(rules: Iterable[PlacedRule], stages: Iterable[Stage]) -> Iterator[tuple[str, str]]:
    for placed in rules:
        for variable in placed.rule.variables():
            yield f"rule {placed.rule.name!r}", variable
    for stage in stages:
        for variable in stage.variables():
            yield f"aim {stage.name!r}", variable
