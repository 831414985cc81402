"""The use ledger: which counts of people decided, and which were only watched.

Every evaluation carries one.  Poverty and groups that no rule and no aim depends on are measured
and shown, but do not decide who goes where.  Where a group decides, the legal caution is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geodata.reserved import POOR
from planner.scenario import LEGAL_CAUTION
from planner.scenario.ledger import GROUP

if TYPE_CHECKING:
    from geodata import District
    from planner.scenario import Scenario, VariableUse

__all__ = ["Ledger", "open_ledger"]

_UNKNOWN = (
    "Nothing is known of how this plan was drawn: no scenario was given, so nobody can say which "
    "counts decided."
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """How each count of people is used.

    Parameters
    ----------
    uses : tuple of VariableUse
        The deciding ones first; without a scenario every count is only watched here.
    is_known : bool
        Whether a scenario says how the plan was drawn.
    race_conscious : bool
        Whether the scenario allows groups to decide.
    """

    uses: tuple[VariableUse, ...]
    is_known: bool
    race_conscious: bool

    @property
    def deciding(self) -> tuple[str, ...]:
        """Counts that rules or aims depend on."""
        return tuple(use.variable for use in self.uses if use.decides)

    @property
    def watched(self) -> tuple[str, ...]:
        """Counts that are measured only."""
        return tuple(use.variable for use in self.uses if not use.decides)

    @property
    def race_decides(self) -> bool:
        """Whether some rule or aim depends on a group."""
        return any(variable.startswith(GROUP) for variable in self.deciding)

    @property
    def caution(self) -> str:
        """What counsel should look at; empty where no group decides."""
        return LEGAL_CAUTION if self.race_decides else ""

    def sentences(self) -> list[str]:
        """Return the ledger in plain words."""
        told = [] if self.is_known else [_UNKNOWN]
        if self.is_known and not self.deciding:
            told.append("Neither poverty nor any group decides.")
        told += [use.sentence() for use in self.uses]
        return [*told, self.caution] if self.caution else told

    def to_dict(self) -> dict[str, Any]:
        """Return the ledger as plain values, for JSON."""
        return {
            "known": self.is_known,
            "race_conscious": self.race_conscious,
            "race_decides": self.race_decides,
            "uses": [
                {"variable": use.variable, "decides": use.decides, "used_by": list(use.used_by)}
                for use in self.uses
            ],
            "caution": self.caution,
        }


def open_ledger(district: District, scenario: Scenario | None = None) -> Ledger:
    """Return the use ledger of a plan for a district.

    Parameters
    ----------
    district : District
        Its counts are listed, also those that nothing depends on.
    scenario : Scenario, optional
        The rules and aims the plan was drawn by.
    """
    counted = _counted(district)
    if scenario is None:
        from planner.scenario.ledger import ledger

        return Ledger(ledger((), (), counted), is_known=False, race_conscious=False)
    return Ledger(scenario.variables_used(counted), True, scenario.race_conscious)


def _counted(district: District) -> list[str]:
    """Return the counts of people the district has for some level, as rules name them."""
    students = district.students

    def has(group: str | None, poor: bool) -> bool:
        return any(students.has(level=level, group=group, poor=poor) for level in district.levels)

    found = [f"{GROUP}{group}" for group in students.groups if has(group, poor=False)]
    return [*found, POOR] if has(None, poor=True) else found
