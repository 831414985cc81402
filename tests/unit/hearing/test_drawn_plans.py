"""A plan drawn elsewhere is shown as what it is: nobody here has looked for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hearing_fixtures import DAY, write_run

from geodata import load_district
from planner.hearing.origins import race_sentences
from planner.hearing.packet import Packet, open_packet
from planner.hearing.sentences import aim_sentences, sure_sentences
from planner.hearing.words import load_words
from planner.plan import Plan
from planner.runs.drawn import drawn_plan, is_drawn

SEARCH = {"drawn_elsewhere": {"file": "drawn.gpkg", "sha256": "0"}}


@pytest.fixture(scope="module")
def drawn(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Packet:
    """Return a packet of a searched plan and a drawn one that have the same title."""
    folder = tmp_path_factory.mktemp("drawn")
    runs = [
        write_run(folder / "ours", town, seed=1, title="Same"),
        write_run(
            folder / "drawn", town, seed=2, title="Same", search=SEARCH, status="HEURISTIC",
            solver="none: drawn elsewhere",
        ),
    ]  # fmt: skip
    return open_packet(runs, day=DAY)


def test_a_drawn_plan_claims_no_search(drawn: Packet) -> None:
    """No seed, no aim, no limit, no word of a best plan found."""
    words, option = load_words("en"), drawn.options[1]
    identity = option.imprint.identity(words)
    assert words("sure.EVALUATED") in identity
    assert "seed" not in identity
    assert words("sure.HEURISTIC") not in identity
    assert sure_sentences(words, option, public=False) == [words("sure.about_EVALUATED")]
    assert aim_sentences(words, drawn, option) == [words("aim.none")]
    assert race_sentences(words, option) == [words("page.race_unknown")]
    assert option.imprint.seed is None


def test_no_two_options_have_the_same_title(drawn: Packet) -> None:
    """A drawn plan is told apart by its file."""
    titles = [option.imprint.title for option in drawn.options]
    assert titles == ["Same", "Same (drawn.gpkg)"]


@pytest.mark.parametrize(
    ("title", "told"), [("", "Plan drawn by the district (a.csv)"), ("The board's", "The board's")]
)
def test_a_drawn_plan_is_called_after_its_file(
    town: Path, tmp_path: Path, title: str, told: str
) -> None:
    """Unless it is given a title; never after the scenario it is measured by."""
    file = tmp_path / "a.csv"
    file.write_text("x", encoding="utf-8")
    district = load_district(town)
    plan = drawn_plan(
        district, Plan.today(district), plan_file=file, district_file=town, title=title
    )
    assert plan.scenario.title == told
    assert is_drawn({"search": plan.record})
