"""Plans as tables of blocks by grades, and structures as tables of zones by grades."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_town import K12, small_town

from geodata.grades import GradeSpan, grade_index
from geodata.students import StudentCounts
from planner.errors import OverlappingSpansError, StructureError, UnservedGradeError
from planner.plan import Plan
from planner.structures.arrangement import Arrangement, grade_levels
from planner.structures.buildings import Buildings
from planner.structures.residents import Residents
from planner.structures.table import Served, Structure

TOWN = small_town({"elementary": list("aabb")}, {"a": 0, "b": 3}, columns=4)
K5 = ("K", "1", "2", "3", "4", "5")


def arrange(structure: Structure, zone_of=(0, 0, 1, 1), town=TOWN, zones=("a", "b"), **allowed):
    buildings = Buildings.from_district(town, allowed=allowed)
    return structure.arrange(
        block_ids=town.blocks.index.to_numpy(dtype=np.str_),
        grades=tuple(grade_levels(town)),
        zone_of=np.array(zone_of, dtype=np.int32),
        zones=list(zones),
        buildings=buildings,
    )


def today(town=TOWN) -> Arrangement:
    return Arrangement.from_plan(
        Plan.today(town),
        block_ids=town.blocks.index.to_numpy(dtype=np.str_),
        school_ids=town.schools.index.to_numpy(dtype=np.str_),
        level_of=grade_levels(town),
    )


def test_plan_round_trip() -> None:
    """A plan becomes an arrangement and comes back as the same plan."""
    plan = Plan.today(TOWN)
    assert today().plan(grade_levels(TOWN)).digest(TOWN.levels) == plan.digest(TOWN.levels)


def test_pair_round_trip() -> None:
    """A pair keeps its grade ranges through plan and back."""
    pair = arrange(Structure.cluster(["a", "b"], {"a": "K-2", "b": "3-5"}))
    plan = pair.plan(grade_levels(TOWN))
    assert len(plan.table) == 8
    again = Arrangement.from_plan(
        plan, block_ids=pair.block_ids, school_ids=pair.school_ids, level_of=grade_levels(TOWN)
    )
    assert (again.school_of == pair.school_of).all()
    assert pair.spans() == {"a": "K-2", "b": "3-5"}


def test_span_across_levels() -> None:
    """A K-8 school is two rows, one for each level."""
    town = small_town(
        {"elementary": ["a"] * 2, "middle": ["a"] * 2, "high": ["b"] * 2},
        {"a": 0, "b": 1},
        columns=2,
        levels=K12,
    )
    plan = today(town).plan(grade_levels(town))
    assert sorted(plan.table["level"].unique()) == ["elementary", "high", "middle"]


def test_tally_conserves_students() -> None:
    """Every student of every grade is counted at exactly one school."""
    counts = np.arange(24, dtype=float).reshape(4, 6)
    tally = today().tally(counts)
    assert tally.sum(axis=0) == pytest.approx(counts.sum(axis=0))


def test_unserved_grade() -> None:
    """A grade that nobody serves is named."""
    with pytest.raises(UnservedGradeError, match="grades 3"):
        arrange(Structure.grade_centers({"a": "K-2", "b": "4-5"}))


def test_overlapping_spans() -> None:
    """Grades that two schools serve for the same students are named with both, in their order."""
    told = r"K \(a and b\), 1 \(a and b\), 2 \(a and b\)"
    with pytest.raises(OverlappingSpansError, match=told):
        arrange(Structure.grade_centers({"a": "K-2", "b": "K-5"}))


def test_plan_with_two_schools_a_grade() -> None:
    """Rows of two levels that both claim a grade are refused when the levels overlap."""
    town = small_town(
        {"low": ["a", "a"], "high": ["b", "b"]},
        {"a": 0, "b": 1},
        columns=2,
        levels={"low": "K-2", "high": "3-5"},
    )
    levels = {**town.levels, "extra": town.levels["low"]}
    object.__setattr__(town, "levels", levels)
    with pytest.raises(OverlappingSpansError, match="grade K belongs to level low and"):
        grade_levels(town)


def test_building_not_fit() -> None:
    """A building is not given grades it is not fit for."""
    with pytest.raises(StructureError, match="b serves K-2 but is fit for 3-5"):
        arrange(Structure.grade_centers({"b": "K-2", "a": "3-5"}), b="3-5")


def test_unknown_names() -> None:
    """Unknown schools and zones are told together."""
    rows = (Served("x", GradeSpan("K", "5"), "y"),)
    with pytest.raises(StructureError, match="unknown school y; unknown zone x"):
        arrange(Structure(rows))


def test_asymmetric_cluster() -> None:
    """Two K-2 schools keep their zones and feed one 3-5 school."""
    town = small_town({"elementary": list("aabbcc")}, {"a": 0, "b": 3, "c": 5}, columns=6)
    spans = {"a": "K-2", "b": "K-2", "c": "3-5"}
    with pytest.raises(UnservedGradeError, match=r"zone c in grades K-2 \(a or b"):
        Structure.cluster(["a", "b", "c"], spans)
    structure = Structure.cluster(["a", "b"], spans).with_rows(
        [Served("c", GradeSpan("K", "2"), "b"), Served("c", GradeSpan("3", "5"), "c")]
    )
    result = arrange(structure, (0, 0, 1, 1, 2, 2), town, ("a", "b", "c"))
    names = result.school_ids[result.school_of]
    assert list(names[:, 0]) == ["a", "a", "b", "b", "b", "b"]
    assert set(names[:, 3]) == {"c"}


def test_over_keeps_other_zones() -> None:
    """Zones a structure does not name keep their schools."""
    town = small_town({"elementary": list("aabbcc")}, {"a": 0, "b": 3, "c": 5}, columns=6)
    base = today(town)
    zone_of = np.array([0, 0, 1, 1, 2, 2], dtype=np.int32)
    pair = Structure.cluster(["a", "b"], {"a": "K-2", "b": "3-5"})
    whole = pair.over(base, zone_of, ["a", "b", "c"])
    result = arrange(whole, zone_of, town, ("a", "b", "c"))
    assert result.spans() == {"a": "K-2", "b": "3-5", "c": "K-5"}


def test_unknown_ids_in_plan() -> None:
    """A plan of another district is refused with the ids that do not fit."""
    plan = Plan(pd.DataFrame({"block_id": ["999"], "level": ["elementary"], "school_id": ["z"]}))
    with pytest.raises(
        StructureError, match=r"1 unknown blocks \(999\) and 1 unknown schools \(z\)"
    ):
        Arrangement.from_plan(
            plan,
            block_ids=today().block_ids,
            school_ids=today().school_ids,
            level_of=grade_levels(TOWN),
        )


def test_require_served_counts_only_students() -> None:
    """An empty block may go without a school, a block with students may not."""
    base = today()
    holes = base.school_of.copy()
    holes[0, 2] = -1
    broken = Arrangement(base.block_ids, base.grades, base.school_ids, holes)
    nobody = np.full((4, 6), 5.0)
    nobody[0, 2] = 0
    broken.require_served(nobody)
    with pytest.raises(UnservedGradeError, match=r"grade 2 \(1 blocks\)"):
        broken.require_served()


def test_students_by_grade() -> None:
    """Counts by grade are read as they are."""
    counts = np.arange(24, dtype=float).reshape(4, 6)
    town = small_town({"elementary": list("aabb")}, {"a": 0, "b": 3}, columns=4, students=counts)
    residents = Residents.from_district(town)
    assert residents.grades == K5
    assert (residents.students == counts).all()
    assert not residents.notes


def test_grades_are_in_school_order_whatever_the_order_of_levels() -> None:
    """Levels named high before middle: no column of students stands under another grade."""
    levels = {"elementary": "K-5", "high": "9-12", "middle": "6-8"}
    counts = np.arange(4 * 13, dtype=float).reshape(4, 13)
    town = small_town(
        {name: list("aabb") for name in levels}, {"a": 0, "b": 3}, columns=4, levels=levels,
        students=counts,
    )  # fmt: skip
    residents = Residents.from_district(town)
    assert residents.grades == tuple(sorted(residents.grades, key=grade_index))
    base = Arrangement.from_plan(
        Plan.today(town), block_ids=residents.block_ids, school_ids=np.array(["a", "b"]),
        level_of=residents.level_of,
    )  # fmt: skip
    assert base.grades == residents.grades
    sixth = residents.students[:, residents.grades.index("6")]
    assert (sixth == town.students.count(grades=("6",))).all()


def test_totals_of_a_level_are_spread_over_its_grades() -> None:
    """A count for the level as a whole (for_levels) stands for its grades, and a note says so."""
    town = small_town({"elementary": list("aabb")}, {"a": 0, "b": 3}, columns=4)
    table = pd.DataFrame(
        {("elementary", "*", "*"): [60.0, 30, 0, 6], ("elementary", "*", "poor"): [6.0, 3, 0, 6]},
        index=town.blocks.index,
    )
    counts = StudentCounts(table, level_grades=town.students.level_grades)
    residents = Residents.from_district(replace(town, students=counts))
    assert residents.students[:, 0].tolist() == [10.0, 5.0, 0.0, 1.0]
    assert residents.poor is not None
    assert residents.poor.sum() == pytest.approx(15.0)
    assert "spread evenly" in residents.notes[0]


def test_a_building_is_fit_for_its_level_and_for_what_it_teaches() -> None:
    """A K-8 school that counts as elementary is fit for its middle grades too."""
    town = small_town({"elementary": list("aabb")}, {"a": 0, "b": 3}, columns=4)
    schools = town.schools.assign(grade_high=["8", "5"])
    fit = [str(b.allowed) for b in Buildings.from_district(replace(town, schools=schools)).all]
    assert fit == ["K-8", "K-5"]


def test_seats_that_others_take_are_not_there() -> None:
    """What other students leave free, never fewer than none; unknown stays unknown."""
    town = small_town(
        {"elementary": list("aabb")}, {"a": 0, "b": 3}, columns=4, seats={"a": 100.0, "b": 20.0}
    )
    buildings = Buildings.from_district(town)
    assert buildings.less(np.array([30.0, 50.0])).seats.tolist() == [70.0, 0.0]
    left = buildings.less(np.array([30.0, 50.0]), ceiling_share=0.6).seats
    assert (0.6 * left).tolist() == pytest.approx([0.6 * 100 - 30, 0.0])
    assert np.isnan(buildings.less(np.array([np.nan, 0.0])).seats).tolist() == [True, False]
