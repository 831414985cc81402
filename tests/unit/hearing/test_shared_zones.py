"""Schools that divide the grades, and schools that open, are shown like any other."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hearing_fixtures import DAY, write_run

from geodata import load_district
from planner.errors import PlanError
from planner.hearing import report
from planner.hearing.criteria import shown_criteria
from planner.hearing.document import document
from planner.hearing.document_parts import Author
from planner.hearing.figures import Figures
from planner.hearing.packet import Packet, open_packet
from planner.hearing.summary import option_facts
from planner.hearing.words import load_words
from planner.hearing.zone_maps import zone_change, zones_told
from planner.layers import served_by
from planner.plan import Plan

LEVEL = "elementary"
OPENS = {
    "kind": "open", "school": "E900", "name": "Orchard", "level": LEVEL, "capacity_seats": 400,
}  # fmt: skip


def rows_of(owner: dict[str, list[tuple[str, str, str]]]) -> Plan:
    """Return a plan from block to (school, lowest grade, highest grade)."""
    table = [(block, LEVEL, *row) for block, rows in owner.items() for row in rows]
    columns = ["block_id", "level", "school_id", "grade_low", "grade_high"]
    return Plan(pd.DataFrame(table, columns=columns))


@pytest.fixture(scope="module")
def paired(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Packet:
    """Return a packet where the first two schools share their zones: K-2 and 3-5."""
    zones = served_by(Plan.today(load_district(town)), LEVEL)
    first, second = sorted(zones.unique())[:2]
    plan = rows_of(
        {
            block: [(first, "K", "2"), (second, "3", "5")]
            if zone in (first, second)
            else [(zone, "K", "5")]
            for block, zone in zones.items()
        }
    )
    run = write_run(tmp_path_factory.mktemp("paired") / "run", town, plan)
    return open_packet([run], day=DAY)


def author_of(packet: Packet, folder: Path) -> Author:
    return Author(packet, Figures(packet), packet.options[0], load_words("en"), folder)


def test_a_pair_has_one_page_with_the_figures_of_both_schools(
    paired: Packet, tmp_path: Path
) -> None:
    """Named with its grades, and with who changes building inside it."""
    parts = document(author_of(paired, tmp_path))["parts"]
    scene = paired.scene_of(LEVEL, "A")
    pair = next(owner for owner in paired.proposed["A", LEVEL].unique() if "+" in owner)
    name = scene.owner_name(pair, short=False)
    assert re.fullmatch(r"K–2: .+ · 3–5: .+", name)
    heads = [part["text"] for part in parts if part["kind"] == "heading"]
    assert sum(name in head for head in heads) == 1
    names = scene.partner_names(pair, short=False)
    assert all(told in heads for told in names)
    alone = [paired.unit_name(school) for school in pair.split("+")]
    assert not [h for h in heads if any(h.endswith(f"  {school}") for school in alone)]
    figure = Figures(paired).flow("A", LEVEL, *pair.split("+"))
    inside = load_words("en").texts["zone.inside"]
    said = parts[next(at for at, part in enumerate(parts) if part.get("text") == inside) + 1]
    assert f"students: {round(figure.value)}" in " ".join(said["items"])


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_card_says_which_schools_would_divide_the_grades(paired: Packet, lang: str) -> None:
    """The most important thing about such an option, so it comes first."""
    fact = option_facts(load_words(lang), paired, Figures(paired), paired.options[0])[0]
    pair = next(owner for owner in paired.proposed["A", LEVEL].unique() if "+" in owner)
    low, high = (paired.unit_name(school) for school in pair.split("+"))
    assert f"K–2: {low} · 3–5: {high}" in fact


def test_maps_of_shared_zones_say_how_to_read_them(
    paired: Packet, packet: Packet, tmp_path: Path
) -> None:
    """One color then stands for two schools, which the first sentence may not deny."""
    words = load_words("en").texts
    keys = {f"map.how_{kind}{end}" for kind in ("zones", "changes") for end in ("", "_shared")}
    for each, end in ((paired, "_shared"), (packet, "")):
        parts = document(author_of(each, tmp_path))["parts"]
        said = {part.get("text") for part in parts}
        assert {key for key in keys if words[key] in said} == {
            f"map.how_zones{end}", f"map.how_changes{end}"
        }  # fmt: skip


def test_a_packet_of_pairs_is_written(paired: Packet, tmp_path: Path) -> None:
    """Page, document, posters and layers, with the grades on the page."""
    page = report([paired.options[0].run], tmp_path / "packet", day=DAY)
    assert (tmp_path / "packet" / "option-A.pdf").is_file()
    assert page.is_file()


def test_two_divisions_between_the_same_schools_are_refused(town: Path, tmp_path: Path) -> None:
    """The page could not tell families which of the two is theirs, so nothing is written."""
    zones = served_by(Plan.today(load_district(town)), LEVEL)
    low, high = sorted(zones.unique())[:2]
    rows = {block: [(zone, "K", "5")] for block, zone in zones.items()}
    pair = zones.index[zones.isin((low, high))]
    for at, block in enumerate(pair):
        end, start = ("2", "3") if at % 2 else ("3", "4")
        rows[block] = [(low, "K", end), (high, start, "5")]
    run = write_run(tmp_path / "run", town, rows_of(rows))
    with pytest.raises(PlanError, match=rf"option A.*{low} and {high}.*K–3, 4–5.*K–2, 3–5"):
        report([run], tmp_path / "packet", day=DAY)
    assert not (tmp_path / "packet").exists()


def test_an_option_that_opens_a_school_is_written(town: Path, tmp_path: Path) -> None:
    """The new school has its name, its mark and its way like any other."""
    district = load_district(town)
    zones = served_by(Plan.today(district), LEVEL)
    chosen = zones.index[:12]
    rows = {b: [("E900" if b in chosen else z, "K", "5")] for b, z in zones.items()}
    event = OPENS | {"block": str(chosen[0])}
    scenario = {"schema": 1, "title": "New", "district": str(town), "event": [event]}
    run = write_run(tmp_path / "run", town, rows_of(rows), scenario=scenario)
    packet = open_packet([run], day=DAY)
    assert packet.unit_name("E900") == "Orchard"
    assert packet.scenes[LEVEL].schools.loc["E900", ["x_m", "y_m"]].notna().all()
    report([run], tmp_path / "packet", day=DAY)


def test_the_zone_of_a_pair_was_the_zones_of_its_schools() -> None:
    """Blocks of either school do not join; only strangers do, and only closed schools end."""
    index = pd.Index(list("abcde"), name="block_id")
    before = pd.Series(["X", "Y", "Z", "Z", "W"], index=index)
    after = pd.Series(["X+Y", "X+Y", "X+Y", "Z", "Z"], index=index)
    change = zone_change("X+Y", before, after)
    assert list(change.today.index) == ["a", "b"]
    assert {k: list(v) for k, v in change.joins.items()} == {"Z": ["c"]}
    assert change.leaves == {}
    assert sorted(zones_told(before, after)) == ["W", "X+Y", "Z"]
    assert np.all(change.after == ["a", "b", "c"])


def test_evenness_of_shared_zones_is_told_within_grades(paired: Packet, packet: Packet) -> None:
    """Over all grades, cohorts that differ would read as separation that no class has."""
    told = [criterion.metric for criterion, _ in shown_criteria(paired, Figures(paired), LEVEL)]
    assert {"dissimilarity_stratified", "parity_gap_stratified"} <= set(told)
    assert not {"dissimilarity", "parity_gap", "poverty_spread"} & set(told)
    plain = {criterion.metric for criterion, _ in shown_criteria(packet, Figures(packet), LEVEL)}
    assert "dissimilarity" in plain
    assert "dissimilarity_stratified" not in plain
    facts = option_facts(load_words("en"), paired, Figures(paired), paired.options[0])
    assert any("low-income" in fact and "within each grade" in fact for fact in facts)
