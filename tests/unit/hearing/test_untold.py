"""What a public packet must not tell is named, not passed over."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planner.disclosure import Release
from planner.disclosure.areas import Areas
from planner.hearing.effects import effects_of, no_effect_key, untold_things
from planner.hearing.figures import Figures, Key
from planner.hearing.flows import flow_picture, how_to_read_flows
from planner.hearing.packet import Packet
from planner.hearing.words import load_words

LEVEL = "elementary"


def public(packet: Packet, values: dict[Key, float]) -> Figures:
    """Return figures of which the public sees these alone."""
    return Figures(packet, Release(values, {}, {}, frozenset(), (), 10.0, Areas(())))


def test_withheld_harm_is_not_called_none(packet: Packet) -> None:
    """Where the public sees nothing, nothing is said to stay as good as it is."""
    words, option = load_words("en"), packet.options[0]
    hidden, seen = public(packet, {}), Figures(packet)
    told = untold_things(words, hidden, option, LEVEL)
    assert words("criterion.travel_mean_metres") in told
    assert told[-2:] == [words("effect.untold_groups"), words("effect.untold_schools")]
    assert not [e for e in effects_of(packet, hidden, option, LEVEL) if e.side == "better"]
    assert no_effect_key(hidden, option, LEVEL, "better") == "effect.none_told_better"
    assert untold_things(words, seen, option, LEVEL) == []
    assert no_effect_key(seen, option, LEVEL, "better") == "effect.none_better"


def test_what_both_ends_are_printed_of_is_in_a_list(packet: Packet) -> None:
    """0.7 and 0.8 miles are both shown: the page does not say that it leaves open which is more."""
    words, option = load_words("en"), packet.options[0]
    where = ("travel_mean_metres", "level", LEVEL, "all")
    mile = 1609.344
    near = public(packet, {("", *where): 0.7 * mile, ("A", *where): 0.8 * mile})
    name = words("criterion.travel_mean_metres")
    assert name not in untold_things(words, near, option, LEVEL)
    told = [e.sentence(words) for e in effects_of(packet, near, option, LEVEL) if e.side == "worse"]
    assert any(sentence.startswith(name) for sentence in told)


def test_the_public_page_names_what_its_lists_leave_out(outside: Path, packet: Packet) -> None:
    """The page says so below the lists, in both languages."""
    page = (outside / "index.html").read_text(encoding="utf-8")
    for lang in ("en", "es"):
        assert load_words(lang)("effect.untold") in page


def test_a_level_that_stays_as_it_is_moves_nobody(packet: Packet) -> None:
    """Everybody sees that from its map: zero is shown, and nothing is withheld of it."""
    first = packet.options[0]
    same = {**packet.proposed, ("A", LEVEL): packet.today[LEVEL]}
    metrics = first.run.metrics.copy()
    metrics.loc[metrics["metric"].isin(["students_moved", "share_moved"]), "plan"] = 0.0
    option = replace(first, run=replace(first.run, metrics=metrics))
    still = replace(packet, options=(option, *packet.options[1:]))
    assert public(still, {}).get("A", "students_moved", "level", LEVEL).hidden
    still.__dict__["proposed"] = same
    figures = public(still, {})
    assert figures.get("A", "students_moved", "level", LEVEL).value == 0.0
    assert figures.get("A", "walkers_to_riders", "level", LEVEL).hidden  # a school may relocate
    assert untold_things(load_words("en"), figures, option, LEVEL) == []


def test_bands_that_are_not_shown_are_as_wide_as_their_blocks(packet: Packet) -> None:
    """Together they are what the shown ones leave: one shown band does not fill the picture."""
    words, option = load_words("en"), packet.options[0]
    moves = option.run.moves
    moves = moves[moves["level"] == LEVEL].sort_values("students", ascending=False)
    shown, others = moves.iloc[0], moves.iloc[1:]
    flow = f"{shown['from_school']}>{shown['to_school']}"
    total = float(moves["students"].sum())
    figures = public(
        packet,
        {
            ("A", "moved", "flow", flow, LEVEL): float(shown["students"]),
            ("A", "students_moved", "level", LEVEL, "all"): total,
        },
    )
    widths = {
        (dash != "", float(width))
        for width, dash in re.findall(
            r'stroke="#1a1a1a" stroke-width="([\d.]+)"( stroke-dasharray="6 5")?',
            flow_picture(words, packet, figures, option, LEVEL),
        )
    }
    scale = 420.0 / total
    plain = [width - 1.2 for is_dashed, width in widths if not is_dashed]
    assert plain == pytest.approx([shown["students"] * scale], abs=0.06)
    share = others["blocks"].to_numpy(float) / others["blocks"].sum()
    expected = np.maximum((total - shown["students"]) * scale * share, 3.0)
    dashed = sorted(width - 1.2 for is_dashed, width in widths if is_dashed)
    assert dashed == pytest.approx(sorted(set(expected.round(1))), abs=0.11)
    assert words("page.moves_hidden_by_blocks") in how_to_read_flows(words, figures, option, LEVEL)
    alone = how_to_read_flows(words, public(packet, {}), option, LEVEL)
    assert words("page.moves_hidden") in alone
    assert how_to_read_flows(words, Figures(packet), option, LEVEL) == words("page.moves_picture")
