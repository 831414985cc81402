"""The few numbers on the terminal read right for schools that divide grades."""

from __future__ import annotations

from oracle.graded_town import plan, town

from planner.commands.headlines import headlines
from planner.commands.meetings import ALL_GRADES, meeting_lines
from planner.evaluation import Settings, evaluate


def test_cohorts_that_differ_are_not_told_as_poor_and_rich_schools() -> None:
    """One building a grade: the schools are alike within every grade, whatever the cohorts are."""
    cells = {
        ("K", "*", "*"): [40.0, 40], ("K", "*", "poor"): [20.0, 20],
        ("K", "a", "*"): [20.0, 20], ("K", "b", "*"): [20.0, 20],
        ("1", "*", "*"): [40.0, 40], ("1", "*", "poor"): [10.0, 10],
        ("1", "a", "*"): [10.0, 10], ("1", "b", "*"): [30.0, 30],
    }  # fmt: skip
    today = [("00", "elementary", "n", "", ""), ("01", "elementary", "s", "", "")]
    district = town(
        cells, {"n": 0, "s": 1}, levels={"elementary": "K-1"}, today=today, exhaustive=True
    )
    grades = (("n", "K", "K"), ("s", "1", "1"))
    rows = [(block, "elementary", *grade) for block in ("00", "01") for grade in grades]
    centers = evaluate(district, plan(rows), settings=Settings(random_draws=2))
    assert centers.divided == {"elementary"}
    told = next(h for h in headlines(centers, "elementary") if h.says.startswith("poorest"))
    assert (told.says, told.plan) == ("poorest less least poor school within grades [points]", "0")
    assert meeting_lines(centers, "elementary")[-1] == ALL_GRADES
    plain = evaluate(district, plan(today), settings=Settings(random_draws=2))
    assert plain.divided == frozenset()
    assert meeting_lines(plain, "elementary")[-1] != ALL_GRADES
