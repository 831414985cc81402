"""What a plan makes worse is said as plainly as what it makes better."""

from __future__ import annotations

from pathlib import Path

from planner.report.effects import effects_of
from planner.report.figures import Figures
from planner.report.packet import Packet
from planner.report.summary import rules_fact
from planner.report.words import load_words


def test_a_broken_rule_is_bad_news(packet: Packet, inside: Path) -> None:
    """Every rule the plan does not keep stands first among what gets worse, and in short."""
    words, option = load_words("en"), packet.options[0]
    effects = effects_of(packet, Figures(packet), option, packet.levels[0])
    assert effects[0].whom == "rule"
    assert effects[0].side == "worse"
    assert "contiguity" in effects[0].sentence(words)
    told, kept = rules_fact(words, option)
    assert kept == "broken"
    assert "1 of its 2 rules" in told
    page = (inside / "index.html").read_text(encoding="utf-8")
    assert told in page
    assert words("effect.on_rule") in page
