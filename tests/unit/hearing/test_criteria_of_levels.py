"""Criteria are those of the level, whichever options draw it."""

from __future__ import annotations

from pathlib import Path

from hearing_fixtures import DAY, swap_blocks, write_run

from geodata import load_district
from planner.hearing.criteria import shown_criteria
from planner.hearing.figures import Figures
from planner.hearing.packet import open_packet


def test_neighbourhoods_are_counted_at_a_level_that_only_a_later_option_draws(
    town: Path, runs: list[Path], tmp_path: Path
) -> None:
    """Option A is of elementary schools only; that B splits neighbourhoods is told all the same."""
    plan = swap_blocks(load_district(town), "middle", 0.1, seed=2)
    packet = open_packet([runs[0], write_run(tmp_path / "run", town, plan)], day=DAY)
    for level in ("elementary", "middle"):
        shown = [
            (one.metric, group) for one, group in shown_criteria(packet, Figures(packet), level)
        ]
        assert ("neighbourhoods_split", "neighbourhood") in shown
