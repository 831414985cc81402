"""Students whose way is not known, in each measure of a district, are counted and told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracle.graded_town import plan
from small_town import small_town

from geodata.district import District
from planner.evaluation import Evaluation, Settings, evaluate

QUICK = Settings(random_draws=2)
LEVELS = {"elementary": "K-5"}


def _district(metres: np.ndarray | None, minutes: np.ndarray | None) -> District:
    """Return four blocks of 60 students; school p for two and q for two of them."""
    district = small_town({"elementary": list("ppqq")}, {"p": 0, "q": 2}, columns=4, levels=LEVELS)
    ways = [None if one is None else one.astype(np.float32) for one in (metres, minutes)]
    unknown = np.full((4, 2), np.nan, dtype=np.float32)
    travel = replace(
        district.travel, metres=unknown if ways[0] is None else ways[0], minutes=ways[1]
    )
    return replace(district, travel=travel)


def _scored(district: District, homes: str = "ppqq") -> Evaluation:
    rows = [(f"00{b}", "elementary", homes[b], "", "") for b in range(4)]
    return evaluate(district, plan(rows), settings=QUICK)


def _ways(**unknown: int) -> np.ndarray:
    """Return ways of 9, the way of a block to a school being unknown."""
    ways = np.full((4, 2), 9.0)
    for school, block in unknown.items():
        ways[block, "pq".index(school)] = np.nan
    return ways


def _told(scored: Evaluation) -> list[str]:
    return [text for text in scored.warnings if "is not known in" in text]


@pytest.mark.parametrize(
    ("metres", "minutes", "lost", "measures"),
    [
        (None, _ways(), 0, []),
        (None, _ways(q=3), 60, ["minutes"]),
        (_ways(q=3), None, 60, ["metres"]),
        (_ways(), _ways(q=3), 60, ["minutes"]),
        (_ways(p=0), _ways(q=3), 120, ["metres", "minutes"]),
        (None, None, 240, ["metres"]),
    ],
)
def test_ways_unknown_in_what_the_district_measures(
    metres: np.ndarray | None, minutes: np.ndarray | None, lost: float, measures: list[str]
) -> None:
    """A measure that the district does not have leaves nobody out of another's mean."""
    scored = _scored(_district(metres, minutes))
    assert scored.value("travel_unknown", "district", "all") == lost
    assert scored.value("travel_unknown", "level", "elementary") == lost
    schools = [scored.value("travel_unknown", "school", school) for school in "pq"]
    assert sum(schools) == lost
    told = [text for text in _told(scored) if not text.startswith("Today")]
    assert [text.split(" is not known in ")[1].split(":")[0] for text in told] == measures


def test_students_left_out_today_are_told_too() -> None:
    """A mean that changes because other students are in it is not read as a gain."""
    assert _told(_scored(_district(None, _ways(q=3)), "pppp")) == [
        "Today, elementary: the way of 60 students to their school is not known in minutes: no "
        "mean in minutes has them in it."
    ]
