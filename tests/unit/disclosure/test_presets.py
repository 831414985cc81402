"""Rules of suppression, and where they are named."""

from __future__ import annotations

from planner.commands.report import PRIVACY
from planner.disclosure import PRESETS, find_preset


def test_the_command_names_every_preset() -> None:
    """The help text lists what there is, in the same order."""
    assert PRIVACY.split(", ") == [preset.name for preset in PRESETS]


def test_another_threshold_leaves_the_rest_of_the_preset() -> None:
    """Coding and percentages stay."""
    found = find_preset("ten_percent", 12)
    assert (found.threshold, found.code_share, found.percent_to) == (12.0, 0.05, 20.0)
