"""Who may stay at the school of today when a plan begins: what a board adopts beside the plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from geodata.errors import counted
from planner.errors import ScenarioError

__all__ = ["ALL_STAY", "Policy", "parse_policies"]

ALL_STAY = "all"
"""On the command line: everybody may stay until they leave the building."""

_NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
    """Which students of a moved block are grandfathered: may stay where they are.

    Parameters
    ----------
    last_grades : int or None [grades]
        Students who are in one of so many last grades of their building in the plan's first
        school year may stay until they leave the building.  0: nobody; None: everybody.
    sibling_shares : tuple of float [share]
        Of the students of any grade, the share with an older brother or sister 1, 2, … grades
        above.  A younger one may go to the same school as long as the older one stays there.
        Households are not in a district's counts: without shares nobody stays for a sibling.

    Raises
    ------
    ScenarioError
        Where a number can mean nothing.
    """

    last_grades: int | None = 0
    sibling_shares: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        faults = []
        if self.last_grades is not None and self.last_grades < 0:
            faults.append(f"{self.last_grades} last grades cannot be meant")
        faults += [
            f"a share of siblings of {share:g} is not between 0 and 1"
            for share in self.sibling_shares
            if not 0 <= share <= 1  # also NaN
        ]
        if faults:
            raise ScenarioError("; ".join(faults), "", "give whole grades, and shares of 0 to 1")

    @property
    def grades_kept(self) -> float:
        """`last_grades` as a number that compares: infinite where everybody may stay."""
        return math.inf if self.last_grades is None else self.last_grades

    @property
    def name(self) -> str:
        """Short name, unique among the policies of a comparison."""
        match self.last_grades:
            case 0:
                return "All at once"
            case None:
                return "All stay until they leave"
            case 1:
                return "Last grade stays"
            case count:
                return f"Last {count} grades stay"

    def sentence(self) -> str:
        """Say the policy in words."""
        match self.last_grades:
            case 0:
                text = "Everybody goes to the plan's school from its first year on"
            case None:
                text = (
                    "Whoever attends a school today may stay until they leave the building; only "
                    "those who enter one follow the plan"
                )
            case kept:
                text = (
                    f"Students in the last {counted(kept, 'grade') if kept > 1 else 'grade'} of "
                    "their building in the plan's first year may stay until they leave it"
                )
        if self.sibling_shares and self.last_grades != 0:
            text += "; younger brothers and sisters may join them as long as they are there"
        return text + "."


def parse_policies(words: str, sibling_shares: Sequence[float] = ()) -> tuple[Policy, ...]:
    """Read ``"none,1,all"``: how many last grades may stay, policy by policy.

    Raises
    ------
    ScenarioError
        Naming every word that is none of these.
    """
    kept: list[int | None] = []
    faults = []
    for word in (part.strip().lower() for part in words.split(",")):
        if word == ALL_STAY:
            kept.append(None)
        elif word == _NONE:
            kept.append(0)
        elif word.isdecimal():
            kept.append(int(word))
        else:
            faults.append(repr(word))
    if faults:
        raise ScenarioError(
            f"{', '.join(faults)} cannot be read as who stays",
            "a policy says how many last grades of a building may stay",
            f"write numbers of grades, {_NONE} or {ALL_STAY}, such as {_NONE},1,{ALL_STAY}",
        )
    shares = tuple(map(float, sibling_shares))
    return tuple(Policy(count, shares) for count in dict.fromkeys(kept))
