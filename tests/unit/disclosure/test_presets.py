"""Rules of suppression, and where they are named."""

from __future__ import annotations

import re

from planner.commands.report import report
from planner.disclosure import PRESETS, find_preset


def test_the_command_explains_every_preset() -> None:
    """The text of the command has a word on each."""
    told = set(re.findall(r"\w+", report.__doc__ or ""))
    assert {preset.name for preset in PRESETS[1:]} <= told


def test_another_threshold_leaves_the_rest_of_the_preset() -> None:
    """Coding and percentages stay."""
    found = find_preset("ten_percent", 12)
    assert (found.threshold, found.code_share, found.percent_to) == (12.0, 0.05, 20.0)
