"""The card of each option: what it does for everybody, and for what any option aims at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.hearing import summary
from planner.hearing.figures import TODAY, Figures
from planner.hearing.packet import Packet
from planner.hearing.summary import option_facts, today_facts
from planner.hearing.text import group_name, level_name
from planner.hearing.words import load_words
from planner.hearing.written import write_ends, write_figure


def aiming_at(packet: Packet, group: str, against: str) -> Packet:
    """Return the packet as if its second option aimed at an even spread of a group."""
    first, second = packet.options
    objective = [{"use": "dissimilarity", "group": group, "against": against}]
    record = {**second.run.record, "scenario": {"objective": objective}}
    return replace(packet, options=(first, replace(second, run=replace(second.run, record=record))))


def test_every_card_tells_what_an_option_aims_at(packet: Packet) -> None:
    """An aim of one option is told of both, with today's value beside it, in both languages."""
    group, level = packet.district.students.groups[0], packet.levels[0]
    asked = aiming_at(packet, group, "others")
    figures = Figures(asked)
    assert len(asked.options) == 2
    for lang in ("en", "es"):
        words = load_words(lang)
        for option in asked.options:
            ends = [
                write_figure(
                    words, "index", figures.get(who, "dissimilarity", "level", level, group)
                )
                for who in (option.letter, TODAY)
            ]
            told = [f for f in option_facts(words, asked, figures, option) if ends[0] in f]
            assert any(group_name(words, group) in fact and ends[1] in fact for fact in told)


def test_the_card_of_today_tells_what_those_of_options_tell(packet: Packet) -> None:
    """Each number of today that stands beside one of an option's is a fact of today's card."""
    group, level = packet.district.students.groups[0], packet.levels[0]
    asked = aiming_at(packet, group, "others")
    figures = Figures(asked)
    of = [("travel_mean_metres", "miles", "all"), ("utilization_highest", "share", "all")]
    of += [("dissimilarity", "index", each) for each in ("poor", group)]
    for lang in ("en", "es"):
        words = load_words(lang)
        facts = today_facts(words, asked, figures)
        assert len(facts) == len(of) + 1
        for fact, (metric, kind, whom) in zip(facts[1:], of, strict=True):
            now = figures.get(TODAY, metric, "level", level, whom)
            assert write_ends(words, kind, now, now)["before"] in fact


def test_an_aim_that_no_single_number_tells_is_not_told(packet: Packet) -> None:
    """How two groups are apart is not how one is apart from all others."""
    groups = packet.district.students.groups
    asked = aiming_at(packet, groups[0], groups[1])
    words, figures = load_words("en"), Figures(asked)
    told = [option_facts(words, asked, figures, option) for option in asked.options]
    assert told == [option_facts(words, packet, Figures(packet), o) for o in packet.options]
    assert all(told)


def test_facts_of_several_levels_name_their_level(
    packet: Packet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise two numbers of students who move would stand side by side unexplained."""
    words, option, level = load_words("en"), packet.options[0], packet.levels[0]
    alone = option_facts(words, packet, Figures(packet), option)
    monkeypatch.setattr(type(option.plan), "levels", (level, "high"))
    monkeypatch.setattr(summary, "_level_facts", lambda *args: [f"facts of {args[-1]}.", "More."])
    both = replace(packet)  # which reads its levels anew
    several = option_facts(words, both, Figures(both), option)
    assert not any(level_name(words, level) in fact for fact in alone)
    assert several == [
        f"{level_name(words, each)}: facts of {each}. More." for each in (level, "high")
    ]
