"""Which counts of people decide among structures, and which are only watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from planner.ledger import Ledger
from planner.reorganise.options import Redrawn
from planner.scenario import load_scenario
from planner.scenario.ledger import GROUP, uses_of
from planner.structures.aims import Aim
from planner.structures.residents import Residents

if TYPE_CHECKING:
    from planner.reorganise.study import Study

__all__ = ["open_aim_ledger", "open_study_ledger"]


def open_study_ledger(study: Study) -> Ledger:
    """Return the use ledger of a structures file: its aim, and the rules of redrawn zones."""
    counted = _counted(study.setting.residents)
    users: dict[str, list[str]] = {}
    for variable, who in _uses(study, counted):
        users.setdefault(variable, []).append(who)
    return Ledger(uses_of(users, counted), True, study.file.race_conscious)


def open_aim_ledger(residents: Residents, aims: Mapping[str, Aim]) -> Ledger:
    """Return the use ledger of a list in the order of its first aim."""
    users = {}
    for name, aim in list(aims.items())[:1]:
        users = {m: [f"aim {name!r}"] for m in aim.measures if m != "students"}
    race = any(variable.startswith(GROUP) for variable in users)
    return Ledger(uses_of(users, _counted(residents)), True, race)


def _uses(study: Study, counted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (count, what depends on it)."""
    for measure in study.aim.measures:
        if measure != "students":
            yield measure, f"aim {study.file.aim!r}"
    for option in study.file.option:
        if isinstance(option, Redrawn):
            scenario = load_scenario(study.file.path(option.scenario))
            for use in scenario.variables_used(counted):
                for who in use.used_by:
                    if not (option.for_aim and who.startswith("aim")):
                        yield use.variable, f"{who} of option {option.name!r}"


def _counted(residents: Residents) -> list[str]:
    found = [f"{GROUP}{name}" for name in sorted(residents.groups)]
    return [*found, "poor"] if residents.poor is not None else found
