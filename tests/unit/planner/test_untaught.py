"""Students whom a plan sends where their grades are not taught, and rules left unchecked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from oracle.graded_town import plan
from small_town import small_town

from geodata.district import District
from planner.commands.summary import rule_lines
from planner.evaluation import Evaluation, Settings, evaluate
from planner.plan import Plan
from planner.rules.capacity import Capacity
from planner.scenario import PlacedRule, Scenario

LEVELS = {"elementary": "K-5", "middle": "6-8"}
QUICK = Settings(random_draws=2)


def _district(**grades: tuple[str, str]) -> District:
    """Return four blocks of 10 students a grade; schools p and q are elementary, m is middle."""
    district = small_town(
        {"elementary": list("ppqq"), "middle": list("mmmm")},
        {"p": 0, "q": 2, "m": 3},
        columns=4,
        levels=LEVELS,
    )
    schools = district.schools.copy()
    taught = {"p": ("K", "5"), "q": ("K", "5"), "m": ("6", "8"), **grades}
    for school, (low, high) in taught.items():
        schools.loc[school, ["grade_low", "grade_high"]] = low, high
    return replace(district, schools=schools)


def _warned(scored: Evaluation) -> list[str]:
    return [told for told in scored.warnings if "there is no class for them" in told]


def test_students_sent_to_a_school_of_another_level_are_told() -> None:
    """Blocks, students, grades and school are named."""
    district = _district()
    drawn = plan([(f"00{b}", "elementary", "ppqm"[b], "", "") for b in range(4)])
    assert _warned(evaluate(district, drawn, settings=QUICK)) == [
        "elementary: 1 block (003) with 60 students of grades K-5 goes to m School [m], which "
        "teaches 6-8: there is no class for them."
    ]
    assert not _warned(evaluate(district, Plan.today(district), settings=QUICK))


def test_grades_that_a_school_does_not_teach_are_told() -> None:
    """Of a zone for the whole level, only the grades that are not taught are meant."""
    district = _district(p=("K", "2"), q=("1", "4"))
    scored = evaluate(district, Plan.today(district), settings=QUICK)
    assert _warned(scored) == [
        "elementary: 2 blocks (000, 001) with 60 students of grades 3-5 go to p School [p], which "
        "teaches K-2: there is no class for them.",
        "elementary: 2 blocks (002, 003) with 40 students of grades K, 5 go to q School [q], "
        "which teaches 1-4: there is no class for them.",
    ]


def test_rules_that_were_not_checked_are_neither_kept_nor_without_a_scenario() -> None:
    """The reason is told first, to people and to scripts."""
    district = _district()
    rule = PlacedRule(Capacity(ceiling_share=1.0))
    asked = Scenario("t", Path("d"), levels=("elementary",), rules=(rule,))
    halves = [("p", "K", "2"), ("q", "3", "5")]
    rows = [(f"00{b}", "elementary", *half) for b in range(4) for half in halves]
    scored = evaluate(district, plan(rows), asked, settings=QUICK)
    (reason,) = scored.unchecked
    assert "divides grades in another way" in reason
    assert scored.warnings[0] == reason
    assert scored.ok is None
    assert scored.to_dict()["ok"] is None
    assert scored.to_dict()["unchecked"] == [reason]
    assert scored.to_dict()["warnings"] == list(scored.warnings)
    assert rule_lines(scored) == ["Rules: none were checked", f"  not checked: {reason}"]
    alone = evaluate(district, Plan.today(district), settings=QUICK)
    assert rule_lines(alone) == ["Rules: none were checked (no scenario)"]
    assert alone.ok is True
