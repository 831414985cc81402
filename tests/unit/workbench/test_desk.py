"""What the editor starts from: zones, free seats, ways and outlines of each level."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hearing_fixtures import small_town, write_run

from geodata import load_district
from planner.errors import PlanError, RunError
from planner.runs import read_run
from planner.workbench import open_draft
from planner.workbench.desk import WAY_STEP_M, desk_of


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_town(tmp_path_factory.mktemp("desk") / "district")


@pytest.fixture(scope="module")
def run(town: Path) -> Path:
    return write_run(town.parent / "run", town, seed=1)


def test_a_run_begins_with_its_plan_and_a_district_with_today(town: Path, run: Path) -> None:
    """Zones to begin with are the plan's; today's are kept beside them."""
    proposed, today = desk_of(open_draft(run)), desk_of(open_draft(town))
    plan = read_run(run).plan
    assert plan is not None
    for level in proposed["levels"]:
        rows = plan.level(level["id"]).table.set_index("block_id")["school_id"]
        begun = [level["zones"][z]["id"] for z in level["begin"]]
        assert begun == rows.reindex(proposed["blocks"]).tolist()
    assert [one["id"] for one in today["levels"]] == ["elementary", "middle", "high"]
    assert all(one["begin"] == one["today"] for one in today["levels"])
    assert any(one["begin"] != one["today"] for one in proposed["levels"])


def test_numbers_are_those_of_the_district(town: Path) -> None:
    """Students, poor students and ways are the district's; ways in steps of ten metres."""
    district = load_district(town)
    desk = desk_of(open_draft(town))
    level = desk["levels"][0]
    assert level["students"] == district.students.count(level="elementary").tolist()
    assert (
        level["counts"]["poor"] == district.students.count(level="elementary", poor=True).tolist()
    )
    steps = np.frombuffer(base64.b64decode(level["ways"]), dtype="<u2").reshape(
        len(desk["blocks"]), len(level["zones"])
    )
    column = [list(district.schools.index).index(zone["id"]) for zone in level["zones"]]
    apart = np.abs(steps * WAY_STEP_M - district.travel.metres[:, column])
    assert float(apart.max()) <= WAY_STEP_M / 2 + 0.01


def test_outlines_meet_without_gaps(town: Path) -> None:
    """Neighbours share their corners to the metre, so that borders can be found by them."""
    desk = desk_of(open_draft(town))
    sides: dict[frozenset, int] = {}
    for rings in desk["outlines"]:
        for ring in rings:
            points = list(zip(ring[::2], ring[1::2], strict=True))
            for a, b in pairwise(points):
                sides[frozenset((a, b))] = sides.get(frozenset((a, b)), 0) + 1
    shared = sum(1 for count in sides.values() if count == 2)
    assert max(sides.values()) == 2
    assert shared > len(sides) / 2


def test_what_cannot_be_drawn_on_is_refused(town: Path, tmp_path: Path) -> None:
    """No shapes, no zones of today: each is said with what to do."""
    flat = small_town(tmp_path / "flat", geometry=None)
    with pytest.raises(PlanError, match="no geometry"):
        open_draft(flat)
    bare = small_town(tmp_path / "bare", current=load_district(town).current.iloc[:0])
    with pytest.raises(PlanError, match="today's zones are not known"):
        open_draft(bare)


def test_a_run_without_a_plan_is_refused(town: Path, run: Path, tmp_path: Path) -> None:
    """A run that ended without a plan has nothing to edit."""
    empty = write_run(tmp_path / "empty", town, seed=1)
    record = json.loads((empty / "run.json").read_text(encoding="utf-8"))
    record["status"] = "NO_PLAN"
    record["files"] = {}
    (empty / "run.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(RunError, match="holds no plan"):
        open_draft(empty)
