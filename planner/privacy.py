"""How small a number must be to be hidden: no law names one, so the district chooses.

An NCES brief found states' smallest published numbers between 5 and 30 students, most often 10.
This is not legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.errors import DisclosureError

__all__ = ["PRESETS", "Preset", "find_preset"]


@dataclass(frozen=True, slots=True)
class Preset:
    """A rule of suppression.

    Parameters
    ----------
    name : str
    threshold : float [students]
        Smaller numbers are hidden, and whatever they could be worked out from.
    code_share : float [share]
        Shares of a group up to this, or within it of 1, are shown only as "at most" or "at
        least"; 0 shows every share.
    percent_to : float [students]
        Numbers of a group up to this are shown only as whole percentages; 0 shows every number.
    """

    name: str
    threshold: float = 10.0
    code_share: float = 0.0
    percent_to: float = 0.0


PRESETS: tuple[Preset, ...] = (
    Preset("ten"),
    Preset("ten_coded", 10.0, 0.05),
    Preset("ten_percent", 10.0, 0.05, 20.0),
    Preset("five", 5.0),
    Preset("eleven", 11.0),
    Preset("fifteen", 15.0),
    Preset("sixteen", 16.0),
    Preset("thirty", 30.0),
)
"""``ten`` hides fewer than 10; ``ten_coded`` also what is under 5 % or over 95 %; ``ten_percent``
shows 10 to 20 only in percent besides; ``eleven`` hides up to 10, ``sixteen`` up to 15."""


def find_preset(name: str, threshold: float | None = None) -> Preset:
    """Return a preset by name, with another threshold where one is given.

    Raises
    ------
    DisclosureError
        Where there is no such preset, or the threshold is below 2: one student would show.
    """
    known = {preset.name: preset for preset in PRESETS}
    if name not in known:
        raise DisclosureError(
            f"there is no privacy preset {name!r}", "", f"use one of {', '.join(known)}"
        )
    found = known[name]
    if threshold is None:
        return found
    if not threshold >= 2:
        raise DisclosureError(
            f"a threshold of {threshold:g} hides nothing",
            "a number of one student is a student",
            "give 2 or more; 10 is usual",
        )
    return replace(found, threshold=float(threshold))
