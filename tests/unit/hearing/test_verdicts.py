"""A verdict on a rule is told to the public only where every possible world agrees on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geodata.reserved import POOR
from planner.disclosure import Release, find_preset, open_gate
from planner.evaluation import Settings, evaluate
from planner.hearing.figures import Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.rule_sentences import broken_rules, finding_sentences, rule_sentences
from planner.hearing.rule_tables import rule_table
from planner.hearing.summary import rules_fact
from planner.hearing.text import cell_text
from planner.hearing.verdicts import told_verdicts
from planner.hearing.words import load_words
from planner.layers import served_by
from planner.plan import Plan
from planner.runs.writer import findings_table
from planner.scenario import parse_scenario

LEVEL = "elementary"
RULES = [
    {"use": "contiguity"},
    {"use": "balance_band", "group": "poor", "within_points": 40.0},
]


def measured(packet: Packet, plan: Plan, rules: list[dict[str, Any]], **asked: Any) -> Option:
    """Return the packet's first option as a plan whose rules were really measured."""
    first = packet.options[0]
    head = {"schema": 1, "title": "t", "district": "district.toml", "levels": [LEVEL]}
    scenario = parse_scenario({**head, **asked, "rule": rules})
    scored = evaluate(packet.district, plan, scenario, settings=Settings(random_draws=0))
    record = {**first.run.record, "scenario": dict(scenario.resolved)}
    table = findings_table(scored)
    table = table.assign(ok=table["ok"] == "yes")
    return replace(first, run=replace(first.run, plan=plan, rules=table, record=record))


@pytest.fixture
def option(packet: Packet) -> Option:
    """Return an option with two rules."""
    return measured(packet, packet.options[0].plan, RULES)


@pytest.fixture
def release(packet: Packet, option: Option) -> Release:
    """Return what the public may see of this option."""
    plans = {"": Plan.today(packet.district), "A": option.plan}
    numbers = Figures(replace(packet, options=(option,))).raw()
    return open_gate(packet.district, plans, numbers, preset=find_preset("ten"))


def everybody_poor(release: Release) -> np.ndarray:
    """Return a world in which all students of one area are poor, and nobody elsewhere."""
    world = release.areas.unknowns().values.copy()
    for population in release.areas.populations:
        poor = population.index(POOR, np.arange(population.size))
        world[poor] = 0.0
        world[poor[0]] = population.counts["all"].sum()
    return world


def test_what_all_worlds_agree_on_is_told(packet: Packet, option: Option, release: Release) -> None:
    """In the proof of a real release every world keeps so wide a band."""
    assert len(release.worlds) > 1
    assert told_verdicts(packet, option, release).all()


def test_what_one_world_denies_is_not_told(
    packet: Packet, option: Option, release: Release
) -> None:
    """The band is not called kept, and nobody reads that all rules are; contiguity still is."""
    truth = release.areas.unknowns().values
    doubtful = replace(release, worlds=np.stack([truth, everybody_poor(release)]))
    told = told_verdicts(packet, option, doubtful)
    rules = option.run.rules
    assert told[rules["rule"] == "contiguity"].all()
    assert not told[rules["rule"] == "balance_band"].any()
    figures = Figures(replace(packet, options=(option,)), doubtful)
    words = load_words("en")
    assert rules_fact(words, figures, option) == (words("page.rules_untold"), "")
    assert "balance_band" not in broken_rules(figures, option)
    table = rule_table(words, figures.packet, figures, option)
    assert table is not None
    verdicts = [cell_text(words, row[-1])[0] for row in table.rows]
    hidden = words("number.hidden")
    assert verdicts.count(hidden) == 1  # both ends of the band in one row
    assert len(verdicts) == np.count_nonzero(rules["rule"] != "balance_band") + 1


def test_where_a_verdict_is_not_told_the_number_of_its_rule_is_not(
    packet: Packet, option: Option, release: Release
) -> None:
    """A plan that was searched for keeps its rules: beside "within 40 points" this is a verdict."""
    truth, words = release.areas.unknowns().values, load_words("en")
    doubtful = replace(release, worlds=np.stack([truth, everybody_poor(release)]))
    for seen, is_told in ((release, True), (doubtful, False)):
        figures = Figures(replace(packet, options=(option,)), seen)
        table = rule_table(words, packet, figures, option)
        assert table is not None
        cells = [cell_text(words, cell)[0] for row in table.rows for cell in row]
        said = rule_sentences(words, figures, option), finding_sentences(words, figures, option)
        for texts in (*said, cells):
            band = next(text for text in texts if "the share of" in text)
            assert ("within 40 points" in band) == is_told
            assert ("How near the rule asks is not told here." in band) != is_told
            assert any("in one piece" in text for text in texts)
        assert any("so this means between" in text for text in cells) == is_told


def test_limits_of_mean_ways_are_not_told(packet: Packet, option: Option, release: Release) -> None:
    """A way of at most 1.23 km says more than a mean that is shown in tenths of a mile."""
    asked = {"schema": 1, "title": "t", "district": "district.toml", "levels": [LEVEL]}
    rule = {"use": "limit", "objective": "travel", "at_most": 90.0}
    scenario = parse_scenario({**asked, "rule": [{"use": "contiguity"}, rule]})
    scored = evaluate(packet.district, option.plan, scenario, settings=Settings(random_draws=0))
    rules = findings_table(scored)
    rules = rules.assign(ok=rules["ok"] == "yes")
    record = {**option.run.record, "scenario": dict(scenario.resolved)}
    one = replace(option, run=replace(option.run, rules=rules, record=record))
    told = told_verdicts(packet, one, release)
    assert (told == (rules["rule"] != "limit.travel")).all()


def test_verdicts_on_those_who_go_on_are_not_told(
    packet: Packet, option: Option, release: Release
) -> None:
    """Leavers are nowhere shown, so no world varies them; that zones go on whole is on the map."""
    limit = {"use": "limit", "objective": "feeder_split", "at_most": 9e5}
    one = measured(packet, option.plan, [limit, {"use": "whole_feeders"}])
    told = dict(zip(one.run.rules["rule"], told_verdicts(packet, one, release), strict=True))
    assert told == {"assign_once": True, "limit.feeder_split": False, "whole_feeders": True}


def test_verdicts_in_a_year_of_the_forecast_are_not_told(packet: Packet, release: Release) -> None:
    """No world has other students expected, so that all agree proves nothing; today's is told."""
    district = packet.district
    packet = replace(packet, district=replace(district, forecasts={2031: district.students}))
    loose = {"use": "enrollment", "max_students": 9e5}
    one = measured(packet, packet.options[0].plan, [loose, loose | {"years": [2031]}])
    told = dict(zip(one.run.rules["rule"], told_verdicts(packet, one, release), strict=True))
    assert told == {"assign_once": True, "enrollment": True, "enrollment.2031": False}


def test_verdicts_on_grades_that_schools_divide_are_not_told(
    packet: Packet, release: Release
) -> None:
    """A world of whole levels leaves single grades as they are, which rules and limits count."""
    low, high = sorted(served_by(Plan.today(packet.district), LEVEL).unique())[:2]
    current = packet.district.current
    here = (current["level"] == LEVEL) & current["school_id"].isin([low, high])
    parts = [(low, "K", "2"), (high, "3", "5")]
    shared = [current[here].assign(school_id=s, grade_low=a, grade_high=b) for s, a, b in parts]
    district = replace(packet.district, current=pd.concat([current[~here], *shared]))
    divided, today = replace(packet, district=district), Plan.today(district)
    limit = {"use": "limit", "objective": "students_moved", "at_most": 9e5}
    counting = [{"use": "max_students_moved", "max_share": 1.0}, limit]
    one = measured(divided, today.level(LEVEL), [{"use": "contiguity"}, *counting])
    told = dict(zip(one.run.rules["rule"], told_verdicts(divided, one, release), strict=True))
    assert told == {
        "assign_once": True, "contiguity": True, "max_students_moved": False,
        "limit.students_moved": False,
    }  # fmt: skip


def test_two_rules_of_one_kind_are_judged_each_for_itself(
    packet: Packet, option: Option, release: Release
) -> None:
    """A world that breaks the kept one and keeps the broken one agrees with neither verdict."""
    group = packet.district.students.groups[0]
    bands = [
        {"use": "balance_band", "group": "poor", "low_percent": 1.0},
        {"use": "balance_band", "group": group, "low_percent": 99.0},
    ]
    one = measured(packet, option.plan, bands, race_conscious=True)
    of_bands = (one.run.rules["rule"] == "balance_band").to_numpy()
    assert one.run.rules["ok"][of_bands].tolist() == [True, False]
    truth = release.areas.unknowns().values
    world = truth.copy()
    for population in release.areas.populations:
        areas = np.arange(population.size)
        world[population.index(POOR, areas)] = 0.0
        world[population.index(group, areas)] = world[population.index("all", areas)]
    told = told_verdicts(packet, one, replace(release, worlds=np.stack([truth, world])))
    assert not told[of_bands].any()


def test_sizes_of_today_are_those_of_the_same_world(packet: Packet, release: Release) -> None:
    """Zones that stay as they are keep their size, however many students a world gives them."""
    today = Plan.today(packet.district).level(LEVEL)
    one = measured(packet, today, [{"use": "size", "floor_share": 0.99, "ceiling_share": 1.01}])
    assert one.run.rules["ok"].all()
    world = release.areas.unknowns().values.copy()
    for population in release.areas.populations:
        students = population.index("all", np.arange(population.size))
        world[students] = world[students][::-1]
    assert told_verdicts(packet, one, replace(release, worlds=world[None])).all()


def test_a_rate_of_hidden_nobody_is_hidden_too(packet: Packet, release: Release) -> None:
    """Beside "not shown", "not known" would tell that nobody is there; inside it says so."""
    key = ("A", "students", "school", "X", "all")
    figures = Figures(packet, release)
    values = {"A": {key[1:]: 0.0}, "": {}}
    object.__setattr__(figures, "_values", values)
    assert figures.get("A", "travel_mean_metres", "school", "X").hidden
    assert figures.get("A", "students", "school", "X").hidden
    assert not figures.get("", "travel_mean_metres", "school", "X").hidden
    inside = Figures(packet)
    object.__setattr__(inside, "_values", values)
    assert not inside.get("A", "travel_mean_metres", "school", "X").hidden


def test_a_group_with_nobody_looks_like_one_with_a_few(packet: Packet, release: Release) -> None:
    """No row of its rates would tell that nobody is there, and so would "not known" in them."""
    group = packet.district.students.groups[0]
    rate, count = ("dissimilarity", "level", LEVEL), ("students", "level", LEVEL)
    few = {key: value for key, value in release.values.items() if key[4] != group}
    figures = Figures(packet, replace(release, values=few))
    values = {"A": {(*rate, group): np.nan, (*count, group): 0.0}, "": {}, "B": {}}
    object.__setattr__(figures, "_values", values)
    kinds = frozenset({(*rate[:2], "another"), (*count[:2], group)})
    object.__setattr__(figures, "_kinds", kinds)
    assert figures.get("A", *rate, group).hidden
    assert figures.has(*rate[:2], group)
    assert not figures.has(*rate[:2], "never counted")
    way = ("travel_mean_metres", "group", LEVEL, group)
    assert figures.get("A", *way).hidden


def test_what_cannot_be_measured_again_is_not_told(
    packet: Packet, option: Option, release: Release
) -> None:
    """Findings of a run whose record does not say its rules could mean anything."""
    record = {**option.run.record, "scenario": {}}
    bare = replace(option, run=replace(option.run, record=record))
    assert not told_verdicts(packet, bare, release).any()
