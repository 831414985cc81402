"""A district's forecast in the packet: a table a year for staff, nothing of it for the public."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hearing_fixtures import DAY, small_town, write_run

from geodata import synthetic_district
from geodata.district import Provenance
from planner.hearing import report
from planner.hearing.figures import Figures
from planner.hearing.origins import caveat_sentences, source_sentences
from planner.hearing.packet import Packet, open_packet
from planner.hearing.rule_sentences import rule_sentences
from planner.hearing.words import load_words

TABLE = "Elementary schools: Students expected in 2031 (today: in today's zones)"
RULE = {"use": "capacity", "ceiling_share": 1.05, "years": [2031]}
ASKED = {"schema": 1, "title": "Room", "district": "d", "rule": [RULE], "objective": []}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of a town whose students grow by a third until 2031."""
    folder = tmp_path_factory.mktemp("growing")
    students = synthetic_district(220, n_elementary=5, n_middle=2, n_high=1, seed=3).students
    grown = replace(students, table=students.table * (4 / 3), estimated=True)
    town = small_town(folder / "district", forecasts={2031: grown})
    return write_run(folder / "run", town, scenario=ASKED)


@pytest.fixture(scope="module")
def packet(run: Path) -> Packet:
    return open_packet([run], day=DAY)


def test_staff_see_a_table_a_year(run: Path, packet: Packet, tmp_path: Path) -> None:
    """Workbook and page tell each school's expected students beside those of today's zones."""
    report([run], tmp_path / "staff", day=DAY)
    book = openpyxl.load_workbook(tmp_path / "staff" / "tables.xlsx")
    titles = [str(sheet.cell(1, 1).value) for sheet in book.worksheets]
    assert TABLE in titles
    page = (tmp_path / "staff" / "index.html").read_text(encoding="utf-8")
    assert "Students expected in 2031" in page
    assert "How full the fullest school is expected to be in 2031" in page
    sheet = book.worksheets[titles.index(TABLE)]
    total = [row for row in sheet.iter_rows(values_only=True) if row[0] == "All schools"]
    today = packet.district.students.count(level="elementary").sum()
    assert total[0][1] == pytest.approx(today * 4 / 3, abs=0.51)


def test_the_public_is_told_nothing_of_a_forecast(run: Path, tmp_path: Path) -> None:
    """A block's expected students may be the children who live there now, a grade further."""
    report([run], tmp_path / "packets" / "public", day=DAY, public=True)
    read = {".html", ".json", ".geojson", ".csv"}
    files = [path for path in (tmp_path / "packets" / "public").rglob("*") if path.suffix in read]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert "Elementary schools" in text
    assert "_forecast" not in text
    assert text.count("xpected in 2031") == text.count("Counting the students expected in 2031")


def test_a_forecast_is_called_an_estimate(packet: Packet) -> None:
    """Its source has a name of its own, and the page says what a forecast is; in both languages."""
    for lang in ("en", "es"):
        words = load_words(lang)
        assert words("caveat.forecast") in caveat_sentences(words, packet, Figures(packet))
        estimate = Provenance(estimated=True)
        with_source = replace(packet.district, provenance={"forecast #2": estimate})
        told = source_sentences(words, replace(packet, district=with_source))
        assert told == [f"{words('source.forecast')}: {words('source.estimated')}"]


@pytest.mark.parametrize(
    ("lang", "begins"),
    [("en", "Counting the students expected in 2031: "), ("es", "Contando los estudiantes")],
)
def test_a_rule_says_its_year(packet: Packet, lang: str, begins: str) -> None:
    """In both languages."""
    told = rule_sentences(load_words(lang), Figures(packet), packet.options[0])
    assert any(text.startswith(begins) for text in told)
