"""Equal poverty at the price of separate schools is never shown as success."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.disclosure import Release
from planner.disclosure.areas import Areas
from planner.hearing.effects import effects_of
from planner.hearing.figures import Figures
from planner.hearing.packet import Packet
from planner.hearing.separation import separation_sentence
from planner.hearing.summary import option_facts
from planner.hearing.text import group_name
from planner.hearing.words import load_words

LEVEL = "elementary"
NOTHING = Release({}, {}, {}, frozenset(), (), 10.0, Areas(()))


def flagged(packet: Packet, group: str) -> Packet:
    """Return the packet as if its first option kept only one group more apart."""
    option = packet.options[0]
    rows = option.run.metrics.copy()
    here = (rows["scope"] == "level") & (rows["id"] == LEVEL)
    rows.loc[here & (rows["metric"] == "separate_but_equal"), "plan"] = 1.0
    apart = here & rows["metric"].str.match("(isolation_excess|dissimilarity)(_stratified)?$")
    rows.loc[apart, "plan"] = rows.loc[apart, "baseline"]
    rows.loc[apart & (rows["group"] == group), "plan"] += 0.2
    told = replace(option, run=replace(option.run, metrics=rows))
    return replace(packet, options=(told, *packet.options[1:]))


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "low-income schoolmates"), ("es", "compañeros de bajos ingresos")]
)
def test_the_warning_says_what_has_fallen(packet: Packet, lang: str, said: str) -> None:
    """The gap between groups shrinks; whether schools become alike in poverty is not measured."""
    warned = flagged(packet, packet.district.students.groups[0])
    told, hidden = (
        separation_sentence(load_words(lang), figures, warned.options[0], LEVEL)
        for figures in (Figures(warned), Figures(warned, NOTHING))
    )
    assert said in told
    assert said in hidden


def test_the_public_is_told_that_more_groups_may_be_kept_apart(packet: Packet) -> None:
    """A list that drops hidden groups in silence would read as the whole list."""
    first, words = packet.district.students.groups[0], load_words("en")
    warned = flagged(packet, first)
    values = {
        key: value
        for key, value in Figures(warned).raw().items()
        if key[1].startswith("dissimilarity") and key[2:] == ("level", LEVEL, first)
    }
    release = replace(NOTHING, values=values, told=frozenset(values))
    sentence = separation_sentence(words, Figures(warned, release), warned.options[0], LEVEL)
    assert sentence == words("page.separate_but_equal_among", groups=group_name(words, first))


@pytest.mark.parametrize("lang", ["en", "es"])
def test_card_and_losses_warn_and_name_the_group(packet: Packet, lang: str) -> None:
    """A parent meets the warning where the gain is told, and among what gets worse."""
    words, group = load_words(lang), packet.district.students.groups[0]
    warned = flagged(packet, group)
    figures, option = Figures(warned), warned.options[0]
    sentence = separation_sentence(words, figures, option, LEVEL)
    assert group_name(words, group) in sentence
    others = packet.district.students.groups[1:]
    assert not any(group_name(words, other) in sentence for other in others)
    assert sentence in option_facts(words, warned, figures, option)
    worse = [e.sentence(words) for e in effects_of(warned, figures, option, LEVEL)
             if e.side == "worse"]  # fmt: skip
    assert sentence in worse


def test_the_public_is_warned_without_hidden_figures(packet: Packet) -> None:
    """Whether a level is flagged is told; which groups, only where their figures are."""
    warned = flagged(packet, packet.district.students.groups[0])
    hidden = Figures(warned, NOTHING)
    words = load_words("en")
    sentence = separation_sentence(words, hidden, warned.options[0], LEVEL)
    assert sentence == words("page.separate_but_equal")


def test_a_plan_that_is_not_flagged_is_not_warned_of(packet: Packet) -> None:
    """A warning that always stands there warns of nothing."""
    plain = flagged(packet, packet.district.students.groups[0])
    rows = plain.options[0].run.metrics.copy()
    rows.loc[rows["metric"] == "separate_but_equal", "plan"] = 0.0
    option = replace(plain.options[0], run=replace(plain.options[0].run, metrics=rows))
    assert separation_sentence(load_words("en"), Figures(plain), option, LEVEL) != ""
    other = replace(plain, options=(option, *plain.options[1:]))
    assert separation_sentence(load_words("en"), Figures(other), option, LEVEL) == ""
