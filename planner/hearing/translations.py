"""The district's own texts in another language: its name, titles, sources, names of groups.

They come from a file that whoever translates can write after the plans are found: a table a
language, the text as the page shows it on the left, its translation on the right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from planner.errors import RunError
from planner.hearing.packet import Packet
from planner.hearing.words import Words, languages, load_words
from planner.scenario.toml_file import read_toml

__all__ = ["words_of"]


def words_of(packet: Packet, path: Path | None = None) -> dict[str, Words]:
    """Return the words of every language, with what a file adds to them.

    Parameters
    ----------
    packet : Packet
    path : Path, optional
        TOML: ``[es]`` and below it ``"text of the district" = "texto del distrito"``.

    Raises
    ------
    RunError
        Where the file names a language there is not, or a text that stands nowhere.
    """
    tables = read_toml(path, "translations")[0] if path else {}
    faults = list(_faults(tables, set(_own_texts(packet))))
    if faults:
        raise RunError(
            "\n".join(f"{path}: {fault}" for fault in faults),
            "the page would stay in the other language there",
            f"write [{' or ['.join(f'{code}]' for code in languages())} and below it "
            'lines such as "text as the page shows it" = "its translation"',
        )
    return {code: load_words(code).knowing(tables.get(code, {})) for code in languages()}


def _faults(tables: Mapping[str, object], own: set[str]) -> Iterator[str]:
    for code, table in tables.items():
        if code not in languages() or not isinstance(table, Mapping):
            yield f"[{code}] is no language of the packet"
            continue
        for text, told in table.items():
            if not isinstance(told, str) or not told.strip():
                yield f"[{code}] {text!r}: the translation is no text"
            elif not _is_found(text, own):
                where = "name of the district or a group, title, source or method"
                yield f"[{code}] {text!r} stands in no {where}"


def _is_found(text: str, own: set[str]) -> bool:
    mark = load_words("en").knowing({text: "\0"})
    return any("\0" in mark.known(whole) for whole in own)


def _own_texts(packet: Packet) -> Iterator[str]:
    """List the texts of the runs and the district's files that are shown as they are."""
    district = packet.district
    yield district.name
    yield from (option.imprint.title for option in packet.options)
    yield from (district.students.proxy, district.travel.label, district.travel.method)
    for origin in district.provenance.values():
        yield from (origin.source, origin.vintage, origin.method, origin.licence)
    yield from (*district.students.groups, *packet.levels)
