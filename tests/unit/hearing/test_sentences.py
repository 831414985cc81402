"""Every rule, aim and event has its sentence in every language."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pandas as pd
import pytest

import planner.hearing.rule_sentences as rule_sentences_file
from planner.hearing.certainty import aim_words, final_aims
from planner.hearing.effects import effects_of
from planner.hearing.figures import Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.rule_sentences import finding_sentences, rule_sentence, rule_sentences
from planner.hearing.sentences import aim_sentences, event_sentences, sure_sentences
from planner.hearing.summary import today_facts
from planner.hearing.words import languages, load_words
from planner.objectives import OBJECTIVES
from planner.plan import Plan
from planner.rules import RULES
from planner.runs import Run

CASES: dict[str, list[dict[str, Any]]] = {
    "assign_once": [{}],
    "capacity": [
        {"ceiling_share": 1.05},
        {"floor_share": 0.8},
        {"floor_share": 0.8, "ceiling_share": 1.0, "except_schools": ["x"]},
    ],
    "size": [
        {"floor_share": 0.9, "ceiling_share": 1.1, "relative_to": "today"},
        {"floor_share": 0.9, "relative_to": "mean"},
        {"ceiling_share": 1.1, "relative_to": "mean"},
        {"floor_share": 0.9},
        {"ceiling_share": 1.1},
        {"floor_share": 0.9, "ceiling_share": 1.1, "relative_to": "mean"},
    ],
    "enrollment": [
        {"min_students": 200},
        {"max_students": 900},
        {"min_students": 200, "max_students": 900},
    ],
    "travel_limit": [
        {"max_km": 3.0},
        {"max_minutes": 25},
        {"times_today": 1.5},
        {"max_km": 3.0, "times_today": 1.25},
    ],
    "nearest_schools": [{"count": 3}],
    "keep_walkers": [{}, {"within_km": 1.2}, {"within_minutes": 20}],
    "contiguity": [{"islands": "keep"}, {"islands": "dissolve"}],
    "school_in_own_zone": [{}],
    "balance_band": [
        {"group": "poor", "within_points": 15},
        {"group": "black", "low_percent": 20, "high_percent": 50},
    ],
    "locked": [
        {"zones": ["x"]},
        {"blocks": ["1", "2"]},
        {"zones": ["x"], "blocks": ["1"]},
        {"zones": ["x"], "blocks": ["1"], "school": "y"},
        {"attribute": "last_moved", "values": ["2023", "2024"]},
        {"attribute": "last_moved", "at_least": 2022.0, "school": "y"},
    ],
    "forbidden": [{"blocks": ["1"], "schools": ["x"]}],
    "keep_together": [{"attribute": "neighbourhood"}],
    "whole_feeders": [{}, {"other_level": "middle", "except_schools": ["x"]}],
    "max_students_moved": [{"max_students": 300}, {"max_share": 0.05}],
    "limit": [
        {"objective": "travel", "unit": "km", "at_most": 1.5},
        {"objective": "students_moved", "at_most": 300},
        {"objective": "feeder_split", "at_most": 120},
    ],
}
OF_MAPS = {"travel_limit", "nearest_schools", "keep_walkers", "locked", "forbidden"}
EVENTS = [
    {"kind": "close", "school": "x"},
    {"kind": "open", "school": "n", "name": "New", "level": "elementary", "capacity_seats": 9},
    {"kind": "relocate", "school": "x", "block": "1"},
    {"kind": "regrade", "school": "x", "grades": "K-2"},
    {"kind": "capacity", "school": "x", "capacity_seats": 400},
]


def option_with(packet: Packet, **scenario: Any) -> Option:
    """Return the packet's first option with another scenario."""
    option = packet.options[0]
    run: Run = replace(option.run, record={**option.run.record, "scenario": scenario})
    return replace(option, run=run)


def test_no_rule_is_without_cases() -> None:
    """A rule that is added later needs its sentence."""
    assert {rule.name for rule in RULES} == set(CASES)


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", CASES)
def test_every_rule_is_said(packet: Packet, lang: str, name: str) -> None:
    """In full words, with nothing left open."""
    words = load_words(lang)
    for entry in CASES[name]:
        option = option_with(packet, rule=[{"use": name, **entry}])
        told = rule_sentences(words, Figures(packet), option)
        assert words("rules.other", name=name) not in told
        for text in told:
            assert text.endswith(".")
            assert "{" not in text
            assert words.texts["number.unknown"] not in text


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", CASES)
def test_rules_whose_numbers_are_hidden_are_whole_sentences(
    packet: Packet, lang: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No gap in the middle; what anybody can see on a map, such as ways, is told."""
    monkeypatch.setattr(rule_sentences_file, "tells_numbers", lambda *_: False)
    words = load_words(lang)
    for entry in CASES[name]:
        option = option_with(packet, rule=[{"use": name, **entry}])
        text = " ".join(rule_sentences(words, Figures(packet), option))
        assert words.texts["number.hidden"] not in text
        has_number = any(letter.isdigit() for letter in text)
        assert has_number == (name in OF_MAPS and entry.keys() != {"zones"})


def test_limits_are_written_as_they_were_asked(packet: Packet) -> None:
    """No digit is lost by rounding, none is made up; units and groups of a limit are named."""
    words, rules = load_words("en"), []
    rules.append({"use": "capacity", "ceiling_share": 1.025, "floor_share": 0.8})
    rules.append({"use": "balance_band", "group": "poor", "within_points": 7.5})
    rules.append({"use": "travel_limit", "max_minutes": 22.5, "times_today": 1.5})
    rules.append({"use": "travel_limit", "max_km": 1.25})
    aim = {"objective": "dissimilarity", "group": "black", "against": "others"}
    rules.append({"use": "limit", **aim, "at_most": 0.31})
    told = " ".join(rule_sentences(words, Figures(packet), option_with(packet, rule=rules)))
    assert "between 80% and 102.5% of its seats" in told
    assert "within 7.5 points" in told
    assert "22.5 minutes or 1.5 times" in told
    assert "1.25\u00a0km" in told
    assert "Black students – all others: at most 0.310." in told
    option = option_with(packet, rule=rules)
    assert "Black students – all others" in rule_sentence(
        words, Figures(packet), option, "limit.dissimilarity"
    )


def test_two_limits_on_one_aim_have_each_its_own_unit(packet: Packet) -> None:
    """3 kilometres are not told as 3 minutes where the other limit is one of minutes."""
    words, limit = load_words("en"), {"use": "limit", "objective": "travel"}
    rules = [{**limit, "unit": "km", "at_most": 3.0}, {**limit, "unit": "min", "at_most": 15.0}]
    option = option_with(packet, rule=rules)
    _, far, long = rule_sentences(words, Figures(packet), option)
    assert "3.00\u00a0km" in far
    assert "min" not in far
    assert "15.0\u00a0min" in long


def test_locked_blocks_say_where_they_go(packet: Packet) -> None:
    """Sent to a stated school is not "keeps its school"; zones and blocks are both told."""
    words = load_words("en")

    def told(**entry: Any) -> str:
        rule = {"use": "locked", **entry}
        return " ".join(rule_sentences(words, Figures(packet), option_with(packet, rule=[rule])))

    assert "2 named blocks go to y." in told(blocks=["1", "2"], school="y")
    assert "All blocks of today’s zones of x go to y." in told(zones=["x"], school="y")
    both = told(zones=["x"], blocks=["1"])
    assert "These zones stay as they are: x." in both
    assert "1 named block keeps its school." in both


def test_each_row_of_two_rules_of_one_kind_has_its_own_sentence(packet: Packet) -> None:
    """The kept one is not called broken for the other's sake."""
    words, first = load_words("en"), packet.options[0]
    rules = [{"use": "travel_limit", "max_km": 3.0}, {"use": "travel_limit", "max_minutes": 20}]
    option = option_with(packet, rule=rules)
    rows = first.run.rules.iloc[[0, 0]].reset_index(drop=True)
    rows = rows.assign(rule="travel_limit", level="elementary", ok=[True, False])
    option = replace(option, run=replace(option.run, rules=rows))
    far, long = finding_sentences(words, Figures(packet), option)
    assert "3.0\u00a0km" in far
    assert "minutes" not in far
    assert "20 minutes" in long
    figures = Figures(replace(packet, options=(option,)))
    effects = effects_of(figures.packet, figures, option, "elementary")
    broken = [effect.sentence(words) for effect in effects if effect.whom == "rule"]
    assert len(broken) == 1
    assert "20 minutes" in broken[0]
    assert "km" not in broken[0]


def test_every_aim_has_its_own_words_and_number(packet: Packet) -> None:
    """Parts of a weighted aim, an aim to meet more, and two aims of one kind are told apart."""
    words, option = load_words("en"), packet.options[0]
    asked = [
        {"use": "dissimilarity", "group": "poor", "priority": 1},
        {"use": "dissimilarity", "group": "black", "priority": 2},
        {"use": "exposure", "group": "black", "to": "white", "aim": "more", "priority": 3},
        {"use": "travel", "priority": 4},
        {"use": "students_moved", "priority": 4},
    ]
    names = ["dissimilarity", "dissimilarity", "exposure", "travel+students_moved"]
    entries = [
        {"name": name, "level": "elementary", "value": 0.5, "bound": 0.4, "unit": "index"}
        for name in names
    ]
    record = {**option.run.record, "objectives": entries, "scenario": {"objective": asked}}
    metrics = pd.DataFrame(
        [
            ("dissimilarity", "level", "elementary", g, v)
            for g, v in (("poor", 0.2), ("black", 0.3))
        ],
        columns=["metric", "scope", "id", "group", "plan"],
    )
    run = replace(option.run, record=record, metrics=metrics)
    first, second, meet, both = final_aims(run)
    assert (first["value"], second["value"]) == (0.2, 0.3)
    assert aim_words(words, meet) == words("aim_name.exposure_more")
    assert aim_words(words, both) == (
        f"{words('aim_name.travel')} + {words('aim_name.students_moved')}"
    )
    nothing = {**record, "objectives": [{**entries[0], "name": "no aim"}]}
    assert final_aims(replace(run, record=nothing)) == []


def test_rules_and_aims_of_some_levels_say_which(packet: Packet) -> None:
    """A rule for one level of several begins with its name, and is not told of the other."""
    words, first = load_words("en"), packet.options[0]
    rules = [
        {"use": "capacity", "ceiling_share": 1.0, "levels": ["elementary"]},
        {"use": "capacity", "ceiling_share": 1.1, "levels": ["middle"]},
        {"use": "school_in_own_zone"},
    ]
    aims = [{"use": "travel", "levels": ["middle"]}]
    option = option_with(packet, rule=rules, objective=aims)
    upper = first.plan.level("elementary").table.assign(level="middle")
    both = Plan.combine([first.plan.level("elementary"), Plan(upper)])
    option = replace(option, run=replace(option.run, plan=both))
    told = rule_sentences(words, Figures(packet), option)
    elementary, middle = (words.texts[f"level.{level}"] for level in ("elementary", "middle"))
    assert any(text.startswith(f"{elementary}: No school is filled beyond 100%") for text in told)
    assert any(text.startswith(f"{middle}: No school is filled beyond 110%") for text in told)
    assert words("rule.school_in_own_zone") in told
    assert aim_sentences(words, packet, option)[0].startswith(f"{middle}: ")
    one = rule_sentence(words, Figures(packet), option, "capacity", "middle")
    assert "110%" in one
    assert "100%" not in one
    both = rule_sentence(words, Figures(packet), option, "capacity")
    assert "110%" in both
    assert "100%" in both


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize("name", [objective.name for objective in OBJECTIVES])
def test_every_aim_is_said(packet: Packet, lang: str, name: str) -> None:
    """As a wish, and as the name of a number."""
    words = load_words(lang)
    kind = next(objective for objective in OBJECTIVES if objective.name == name)
    entry = {"use": name, "group": "black", "to": "white"}
    entry = {k: v for k, v in entry.items() if k == "use" or k in {f.name for f in fields(kind)}}
    (told,) = aim_sentences(words, packet, option_with(packet, objective=[entry]))
    assert told != name
    assert "{" not in told
    assert f"aim_name.{name}" in words.texts


@pytest.mark.parametrize("lang", languages())
def test_the_spread_of_poverty_is_called_as_the_measure_it_moves(lang: str) -> None:
    """By the mean it is the measure poverty_distance, not the one of its own name."""
    words = load_words(lang)
    mean = {"name": "poverty_spread", "asked": [{"use": "poverty_spread", "of": "mean"}]}
    worst = {"name": "poverty_spread", "asked": [{"use": "poverty_spread", "of": "worst"}]}
    assert aim_words(words, mean) == words("criterion.poverty_distance")
    assert aim_words(words, worst) not in (aim_words(words, mean), "poverty_spread")


@pytest.mark.parametrize("lang", languages())
def test_every_event_is_said(packet: Packet, lang: str) -> None:
    """Closing, opening, moving, other grades, other seats."""
    words = load_words(lang)
    told = event_sentences(words, packet, option_with(packet, event=EVENTS))
    assert len(told) == len(EVENTS)
    assert all("{" not in text and text.endswith(".") for text in told)
    assert "K-2" in told[3]
    assert "9" in told[1]
    assert not any(" ." in text or "(," in text for text in told[2:])


def test_a_school_that_opens_again_is_told_with_its_own_grades_and_seats(packet: Packet) -> None:
    """What an event does not say is what the schools file says after it."""
    schools = packet.district.schools
    school = str(schools.index[0])
    event = {"kind": "open", "school": school}
    (told,) = event_sentences(load_words("en"), packet, option_with(packet, event=[event]))
    row = schools.loc[school]
    assert f"({row['grade_low']}-{row['grade_high']}, {row['capacity_seats']:,.0f} seats)" in told


def test_plans_drawn_by_people_have_no_rules(packet: Packet) -> None:
    """And nothing is made up for them; a solved plan without rules or aims is not called so."""
    words = load_words("en")
    option = option_with(packet)
    assert rule_sentences(words, Figures(packet), option) == [words("rule.assign_once")]
    assert aim_sentences(words, packet, option) == [words("aim.free")]
    record = {**option.run.record, "search": {"drawn_elsewhere": {"file": "by hand.csv"}}}
    drawn = replace(option, run=replace(option.run, record=record))
    assert drawn.is_drawn
    assert rule_sentences(words, Figures(packet), drawn) == [words("rules.none")]
    assert aim_sentences(words, packet, drawn) == [words("aim.none")]


def test_the_public_hears_the_distance_but_not_the_numbers(packet: Packet) -> None:
    """How sure we are is said without numbers of students."""
    words, option = load_words("en"), packet.options[0]
    inside = " ".join(sure_sentences(words, option, public=False))
    outside = " ".join(sure_sentences(words, option, public=True))
    assert "3.4%" in inside
    assert "3.4%" in outside
    assert "reaches" in inside
    assert "reaches" not in outside


def test_what_an_aim_gave_back_is_told(packet: Packet) -> None:
    """The second aim may cost the first 5 %; what was reached before stands beside it."""
    words = load_words("en")
    aims = [{"use": "students_moved"}, {"use": "travel", "keep_within_share": 0.05}]
    option = option_with(packet, objective=aims)
    told = aim_sentences(words, packet, option)
    assert "the aim before may get worse by up to 5%." in told[1]
    value = {"name": "students_moved", "level": packet.levels[0], "unit": "students"}
    found = [value | {"value": 831.0, "bound": None, "gap": None, "reached": 797.0}]
    record = {**option.run.record, "objectives": found}
    record["scenario"] = {"objective": aims[:1]}
    solved = replace(option, run=replace(option.run, record=record))
    said = sure_sentences(words, solved, public=False)
    assert any("had reached 797 here" in text for text in said)
    assert not any("797" in text for text in sure_sentences(words, solved, public=True))


@pytest.mark.parametrize("lang", ["en", "es"])
def test_one_school_is_not_many(packet: Packet, lang: str) -> None:
    """A level of one school, a rule about one block, are told in the singular."""
    words, level = load_words(lang), packet.levels[0]
    owner = packet.today[level][packet.today[level] != ""].iloc[0]
    alone = replace(packet)
    alone.__dict__["today"] = {**packet.today, level: packet.today[level].map(lambda _: owner)}
    assert today_facts(words, alone, Figures(packet))[0].endswith(
        words.plural("unit.schools", 1) + "."
    )
    assert words.plural("unit.schools", 1) != words("unit.schools_many", n=1)
    assert words.plural("rule.nearest_schools", 1) != words("rule.nearest_schools_many", n=1)


def test_a_bound_beside_other_levels_says_so(packet: Packet) -> None:
    """Where levels share buildings, nothing is called proven of plans that draw both otherwise."""
    words = load_words("en")
    aim = {"name": "utilization_spread", "level": packet.levels[0], "unit": "points"}
    aim |= {"value": 5.0, "bound": 4.8, "gap": 0.04, "reached": None, "beside": ["A"]}
    option = packet.options[0]
    record = {**option.run.record, "objectives": [aim], "scenario": {"objective": []}}
    solved = replace(option, run=replace(option.run, record=record))
    said = sure_sentences(words, solved, public=True)
    assert said[-1].endswith(words("sure.beside"))
    sheet = replace(option.imprint, status="FEASIBLE", gap=0.04, aims=(aim,))
    assert words("sure.beside_short") in sheet.how_sure(words)
    assert words("sure.beside_short") not in replace(sheet, aims=()).how_sure(words)


@pytest.mark.parametrize("lang", languages())
def test_changes_from_a_proposed_plan_are_told_in_what_they_count(
    packet: Packet, lang: str
) -> None:
    """A limit names blocks or students, as it was asked."""
    words = load_words(lang)
    asked = {"use": "limit", "objective": "changes_from_start", "at_most": 12}
    for unit, key in (("blocks", ""), ("students", "_students")):
        option = option_with(packet, rule=[{**asked, "unit": unit}])
        told = rule_sentences(words, Figures(packet), option)[-1]
        assert told.startswith(words(f"aim_name.changes_from_start{key}"))
        assert "12" in told
