"""Everything in a public packet, put together by an attacker with a linear program."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from attack import SLACK, Attack
from hearing_fixtures import DAY, swap_blocks, write_run
from html_tables import read_tables

from geodata import District
from planner.errors import DisclosureError
from planner.hearing import report
from planner.hearing.packet import Packet
from planner.hearing.words import load_words
from planner.layers import served_by
from planner.plan import Plan

THRESHOLD = 10
LEVEL = "elementary"
Key = tuple[str, str, str, str, str]


def public_numbers(folder: Path, packet: Packet) -> dict[Key, float]:
    """Read every number of the workbook back, named as metrics.csv names it."""
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    names = {packet.unit_name(unit): unit for unit in packet.district.schools.index}
    words = load_words("en")
    names[words.texts["table.all_schools"]] = ""
    numbers: dict[Key, float] = {}
    for sheet in book.worksheets[1:]:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        title, header, body = str(rows[0][0]), rows[3], rows[4:]
        metric, group = _subject(title, packet)
        if metric == "moved":
            letter = title[-1]
            for a, b, _, n in (row[:4] for row in body):
                if isinstance(n, int | float):
                    numbers[letter, "moved", "flow", f"{names[a]}>{names[b]}", LEVEL] = float(n)
        elif metric:
            for at, column in enumerate(header):
                letter = {"Today": "", "Option A": "A", "Option B": "B"}.get(str(column))
                for row in body if letter is not None else ():
                    value, school = row[at], names.get(row[0])
                    if isinstance(value, int | float) and school is not None:
                        scope, where = ("school", school) if school else ("level", LEVEL)
                        numbers[letter or "", metric, scope, where, group] = float(value)
                if letter is None and column == "Seats":
                    for row in body:
                        if names.get(row[0]):
                            for plan in ("", "A", "B"):
                                key = (plan, "seats", "school", names[row[0]], "all")
                                numbers[key] = float(row[at])
    return numbers


def _subject(title: str, packet: Packet) -> tuple[str, str]:
    """Return metric and group of a sheet from its title."""
    words = load_words("en").texts
    title = title.split(": ", 1)[1] if ": " in title and title.startswith("Elem") else title
    if title == words["measure.students"]:
        return "students", "all"
    if title == words["measure.utilization"]:
        return "utilization", "all"
    if title == words["measure.share_poor"]:
        return "share", "poor"
    if title.startswith("Who would change"):
        return "moved", ""
    for group in packet.district.students.groups:
        if title == words["measure.share_group"].format(group=words.get(f"group.{group}", group)):
            return "share", group
    return "", ""


def attack_on(packet: Packet) -> Attack:
    """Put an attacker before the plans of a packet."""
    index = packet.district.blocks.index
    plans = {"": Plan.today(packet.district)} | {o.letter: o.plan for o in packet.options}
    owners = {
        name: served_by(plan, LEVEL).reindex(index).fillna("").tolist()
        for name, plan in plans.items()
    }
    return Attack(owners, (*packet.district.students.groups, "poor"), exclusive=True)


def counts_of(district: District) -> dict[str, np.ndarray]:
    counts = {"all": district.students.count(level=LEVEL)}
    for group in district.students.groups:
        counts[group] = district.students.count(level=LEVEL, group=group)
    counts["poor"] = district.students.count(level=LEVEL, poor=True)
    return counts


def test_an_attacker_learns_no_small_number_from_the_workbook(
    outside: Path, packet: Packet
) -> None:
    """Areas that no plan divides: below the threshold nothing can be excluded from 0 to it."""
    public = public_numbers(outside, packet)
    assert sum(key[1] == "share" for key in public) > 10
    attack, counts = attack_on(packet), counts_of(packet.district)
    system = attack.system(public)
    signature = list(zip(*attack.owners.values(), strict=True))
    checked = 0
    for area in sorted(set(signature)):
        blocks = [i for i, s in enumerate(signature) if s == area]
        for measure, values in counts.items():
            if values[blocks].sum() < THRESHOLD:
                low, high = attack.interval(system, blocks, measure)
                assert low <= SLACK, (area, measure)
                assert high >= THRESHOLD - SLACK, (area, measure)
                checked += 1
    assert checked > 5


def counts_written(folder: Path, packet: Packet, metric: str) -> list[float]:
    """Return every count of students, and change of one, in the workbook and on the page."""
    found = [n for key, n in public_numbers(folder, packet).items() if key[1] == metric]
    table, first = {"students": ("-students$", 1), "moved": ("-moves-", 3)}[metric]
    for name, rows in read_tables(folder / "index.html").items():
        if re.search(f"^en-.*{table}", name):
            for cell in (cell for row in rows[1:] for cell in row[first:]):
                found += [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", cell)]
    return found


def test_no_small_number_is_written_down(outside: Path, packet: Packet) -> None:
    """No count of students between 1 and 9 stands in any table of page or workbook."""
    written = counts_written(outside, packet, "students")
    assert min(n for n in written if n) >= THRESHOLD
    assert len(written) > len(packet.schools)


def test_a_flow_of_many_students_is_written_down(
    town: Path, packet: Packet, tmp_path: Path
) -> None:
    """Twenty blocks of one zone that go to another, of workbook and page."""
    plan = Plan.today(packet.district).level(LEVEL)
    zones, table = served_by(plan, LEVEL), plan.table.set_index("block_id")
    first, second = zones.unique()[:2]
    moved = zones.index[zones == first][:20]
    table.loc[moved, "school_id"] = second
    run = write_run(tmp_path / "run", town, Plan(table.reset_index()))
    folder = report([run], tmp_path / "packet", day=DAY, public=True).parent
    students = pd.Series(counts_of(packet.district)["all"], index=packet.district.blocks.index)
    written = counts_written(folder, packet, "moved")
    assert written == [students[moved].sum()] * 2
    assert written[0] >= THRESHOLD


def test_the_page_tells_no_more_than_the_workbook(outside: Path, packet: Packet) -> None:
    """Where the workbook hides a number, so does the page."""
    public = public_numbers(outside, packet)
    hidden = load_words("en").texts["number.hidden"]
    names = {packet.unit_name(unit): unit for unit in packet.district.schools.index}
    tables, seen = read_tables(outside / "index.html"), 0
    for name, rows in tables.items():
        match = re.fullmatch(r"en-elementary-share-(\w+)", name)
        for row in rows[1:] if match else ():
            for letter, cell in zip(("", "A", "B"), row[1:], strict=True):
                if row[0] in names and match:
                    key = (letter, "share", "school", names[row[0]], match[1])
                    assert (cell.split("|")[0].strip() == hidden) == (key not in public)
                    seen += key not in public
    assert seen


def test_nothing_else_in_the_folder_counts_students(outside: Path, packet: Packet) -> None:
    """The page's data, map files and plans hold no numbers of students that are hidden."""
    text = (outside / "index.html").read_text(encoding="utf-8")
    packed = re.search(r'id="data">([^<]*)<', text)[1]  # type: ignore[index]
    data = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert set(data) == {
        "step", "box", "blocks", "ids", "letters", "adopted", "levels", "patterns", "travel",
        "lines", "areas", "streets", "addresses",
    }  # fmt: skip
    assert set(data["levels"][0]) == {
        "id", "options", "owners", "shared", "schools", "placed", "assign", "zones", "changes",
        "metres", "minutes", "frame",
    }  # fmt: skip
    public = public_numbers(outside, packet)
    for file in (outside / "gis").glob("*.geojson"):
        letter = {"today": ""}.get(file.stem.split("_")[-1], file.stem.split("_")[-1])
        for zone, students in gpd.read_file(file)[["zone", "students"]].itertuples(index=False):
            key = (letter, "students", "school", zone, "all")
            assert pd.isna(students) == (key not in public)
    plan = (outside / "gis" / "blocks_option_A.csv").read_text(encoding="utf-8")
    columns = "block_id,level,school_id,school_name,option,state,plan_id,made"
    assert plan.splitlines()[0] == columns


def test_the_documents_tell_no_more(outside: Path, packet: Packet) -> None:
    """Words that only a packet with every number has are not in the public one."""
    text = (outside / "index.html").read_text(encoding="utf-8")
    assert load_words("en").texts["table.hidden_note"].split("{")[0] in text
    for option in packet.options:
        for aim in option.run.record["objectives"]:
            assert f"{aim['value']:,.0f}" not in re.sub(
                r"<script.*?</script>", "", text, flags=re.S
            )


def test_a_second_packet_in_the_folder_remembers_the_first(
    runs: list[Path], town: Path, packet: Packet, tmp_path: Path
) -> None:
    """The record grows, and the second is decided with the first in mind."""
    first = report(runs[:1], tmp_path / "one", day=DAY, public=True).parent
    record = json.loads((first / "public-record.json").read_text(encoding="utf-8"))
    assert len(record["packets"]) == 1
    other = write_run(tmp_path / "r", town, swap_blocks(packet.district, LEVEL, 0.02, 9), seed=9)
    second = report([other], tmp_path / "two", day=DAY, public=True).parent
    record = json.loads((second / "public-record.json").read_text(encoding="utf-8"))
    assert len(record["packets"]) == 2
    again = report([other], tmp_path / "two", day=DAY, public=True).parent
    assert (again / "public-record.json").read_bytes() == (
        second / "public-record.json"
    ).read_bytes()


def test_a_damaged_record_stops_everything(runs: list[Path], tmp_path: Path) -> None:
    """Nobody could say what is public already."""
    old = tmp_path / "old"
    old.mkdir()
    (old / "public-record.json").write_text("{", encoding="utf-8")
    with pytest.raises(DisclosureError, match="cannot be read"):
        report(runs[:1], tmp_path / "new", day=DAY, public=True)
    assert not (tmp_path / "new").exists()


def test_inside_nothing_is_hidden(inside: Path) -> None:
    """The packet for the board holds every number, and no record of publication."""
    text = (inside / "index.html").read_text(encoding="utf-8")
    assert load_words("en").texts["number.hidden"] not in re.sub(
        r"<script.*?</script>", "", text, flags=re.S
    )
    assert not (inside / "public-record.json").exists()
