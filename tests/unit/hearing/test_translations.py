"""What the district wrote itself is told in the second language too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hearing_fixtures import DAY

from planner.errors import RunError
from planner.hearing.figures import Figures
from planner.hearing.packet import Packet, open_packet
from planner.hearing.page import render_page
from planner.hearing.text import group_name
from planner.hearing.translations import words_of


@pytest.fixture
def titled(packet: Packet) -> Packet:
    """Return a packet with a title and a method of the district's own."""
    options = tuple(
        replace(o, imprint=replace(o.imprint, title=f"Close Oak Street ({o.letter})"))
        for o in packet.options
    )
    return replace(packet, options=options)


def test_own_texts_are_told_in_spanish(titled: Packet, tmp_path: Path) -> None:
    """Name, titles and sources on the Spanish page only, as the file says; English stays."""
    source = next(iter(titled.district.provenance.values())).method
    file = tmp_path / "spanish.toml"
    name = titled.district.name
    own = {"Close Oak Street": "Cerrar Oak", source: "al azar", name: "Distrito del Prado"}
    lines = [f'"{text}" = "{told}"' for text, told in own.items()]
    file.write_text("\n".join(["[es]", *lines]), "utf-8")
    page = render_page(titled, Figures(titled), speech=words_of(titled, file))
    assert f"<h1>{name}</h1>" in page
    assert "<h1>Distrito del Prado</h1>" in page
    english, spanish = page.split('<div class="lang" lang="es" hidden>\n<nav')
    assert "Close Oak Street (A)" in english
    assert "Cerrar Oak (A)" in spanish
    assert source in english
    assert "Close Oak Street" not in spanish
    assert source not in spanish.split("<script")[0]


def test_a_translation_replaces_whole_words_only(packet: Packet) -> None:
    """A group called EL does not break a title with the letters in a word."""
    spanish = words_of(packet)["es"].knowing({"el": "aprendices de inglés", "el now": "hoy"})
    assert group_name(spanish, "el") == "aprendices de inglés"
    assert spanish.known("elementary, el") == "elementary, aprendices de inglés"
    assert spanish.known("el now") == "hoy"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[es]\n"No such title" = "x"\n', "'No such title' stands in no name"),
        ('[fr]\n"Plan 1" = "x"\n', "[fr] is no language"),
        ('[es]\n"Plan 1" = 3\n', "is no text"),
    ],
)
def test_a_translation_of_nothing_is_refused(
    runs: list[Path], tmp_path: Path, text: str, fault: str
) -> None:
    """A text typed wrong would leave the other language on the page unseen."""
    file = tmp_path / "spanish.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RunError) as caught:
        words_of(open_packet(runs, day=DAY), file)
    assert fault in str(caught.value)


def test_the_other_language_says_in_which_the_files_are(packet: Packet) -> None:
    """Who reads the Spanish page of an English packet knows that its PDF is in English."""
    files = (("page.file_pdf", "option-A.pdf"),)
    for lang, said, unsaid in (
        ("en", "en inglés.", "in English."),
        ("es", "in Spanish.", "en español."),
    ):
        page = render_page(packet, Figures(packet), lang=lang, files=files).split("<script")[0]
        assert said in page
        assert unsaid not in page
