"""The page of each zone in the document: its map, its figures, who joins and who leaves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure as Drawing

from planner.hearing.document_parts import (
    Author,
    Part,
    part_heading,
    part_list,
    part_picture,
    part_text,
    save_picture,
)
from planner.hearing.figures import HIDDEN, TODAY, Figure
from planner.hearing.maps import map_style
from planner.hearing.scene import Scene
from planner.hearing.tables import no_number_word
from planner.hearing.text import file_stem, short_block
from planner.hearing.written import Kind, write_ends, write_figure
from planner.hearing.zone_maps import ZoneChange, draw_zone_map, zone_change, zones_told

__all__ = ["zone_pages"]

_MEASURES: tuple[tuple[str, Kind], ...] = (
    ("students", "count"), ("utilization", "share"), ("travel_mean_metres", "miles"),
)  # fmt: skip
_ZONE_INCHES = 5.6
_DOTS = 140
_ROOM_INCHES, _LINE_INCHES, _LETTERS_A_LINE = 7.4, 0.145, 125  # of a page with a zone


def zone_pages(author: Author, level: str) -> Iterator[Part]:
    """Give every zone of the plan, and every zone that ends, a page of its own."""
    packet, option = author.packet, author.option
    if level not in packet.scenes:
        return
    scene, today = packet.scene_of(level, option.letter), packet.today[level]
    after = packet.proposed[option.letter, level]
    for number, owner in enumerate(sorted(zones_told(today, after), key=scene.owner_name)):
        change = zone_change(owner, today, after)
        path = author.folder / f"{file_stem(level, f'zone_{number}')}.png"
        _draw_zone(path, scene, change, after)
        yield {"kind": "page"}
        yield from _zone_page(author, scene, change, level, path)


def _zone_page(
    author: Author, scene: Scene, change: ZoneChange, level: str, path: Path
) -> Iterator[Part]:
    words = author.words
    name = scene.owner_name(change.owner, short=False)
    yield part_heading(1, f"{scene.owner_numbers(change.owner)}  {name}")
    yield from _facts(author, scene, change.owner, level)
    told = words(
        "zone.alt", school=name, blocks=words.number(len(change.after)),
        joins=words.number(sum(map(len, change.joins.values()))),
        leaves=words.number(sum(map(len, change.leaves.values()))),
    )  # fmt: skip
    below = [
        part_text(words("zone.how"), small=True),
        part_text(author.option.imprint.at(level).identity(words), small=True),
        *_moves(author, scene, change, level),
    ]
    lines = sum(1.5 + len(str(part.get("text", ""))) / _LETTERS_A_LINE for part in below[1:])
    yield part_picture(path, told, max(3.0, min(_ZONE_INCHES, _ROOM_INCHES - lines * _LINE_INCHES)))
    yield from below


def _facts(author: Author, scene: Scene, owner: str, level: str) -> Iterator[Part]:
    """List the figures of a zone's school, or of each school that shares it."""
    names = scene.partner_names(owner, short=False)
    if len(names) == 1 or _is_counted(author, owner):
        yield part_list(_facts_of(author, owner, level))
        return
    for unit, name in zip(owner.split("+"), names, strict=True):
        yield part_heading(2, name)
        yield part_list(_facts_of(author, unit, level))


def _is_counted(author: Author, unit: str) -> bool:
    """Tell whether there are figures of schools counted together."""
    figure = author.figures.get(author.option.letter, "students", "school", unit)
    return figure.is_known or figure.hidden


def _facts_of(author: Author, unit: str, level: str) -> list[str]:
    words, figures, letter = author.words, author.figures, author.option.letter
    facts = []
    for metric, kind in _MEASURES:
        before, after = (figures.get(at, metric, "school", unit) for at in (TODAY, letter))
        # without any such number in the district nothing is hidden
        if figures.has(metric, "school") and any(f.is_known or f.hidden for f in (before, after)):
            ends = write_ends(words, kind, before, after)
            for end, at, figure in (("before", TODAY, before), ("after", letter, after)):
                word = no_number_word(
                    author.packet, figure, kind, level=level, letter=at, unit=unit
                )
                ends |= {end: words(word)} if word else {}
            what = words(f"zone.{metric}")
            if kind != "miles" and author.packet.teaches_more(level, unit):
                what = words("table.building", group=what)
            facts.append(words("zone.fact", what=what, **ends))
    return facts


def _moves(author: Author, scene: Scene, change: ZoneChange, level: str) -> Iterator[Part]:
    """List what joins a zone and what leaves it."""
    words = author.words
    yield from _inside(author, scene, change, level)
    for side, moves in (("joins", change.joins), ("leaves", change.leaves)):
        if not moves:
            yield part_text(words(f"zone.no_{side}"))
            continue
        yield part_heading(2, words(f"zone.{side}"))
        for owner, blocks in moves.items():
            ends = (owner, change.owner) if side == "joins" else (change.owner, owner)
            students = _flow(author, level, *ends)
            yield part_text(
                _moved(author, scene, owner, blocks, side=side, students=students), small=True
            )


def _inside(author: Author, scene: Scene, change: ZoneChange, level: str) -> Iterator[Part]:
    """List who goes to another school of the same zone, where schools divide the grades."""
    words, schools = author.words, change.owner.split("+")
    told = []
    for before, after in permutations(schools, 2):
        students = author.figures.flow(author.option.letter, level, before, after)
        if students.is_known or students.hidden:
            ends = {"before": scene.owner_name(before), "after": scene.owner_name(after)}
            n = write_figure(words, "count", students)
            told.append(words("zone.inside_flow", students=n, **ends))
    if told:
        yield part_heading(2, words("zone.inside"))
        yield part_list(told)


def _flow(author: Author, level: str, before: str, after: str) -> Figure:
    """Return the students who go from the schools of one zone to those of another."""
    flows = [
        author.figures.flow(author.option.letter, level, a, b)
        for a, b in product(before.split("+"), after.split("+"))
    ]
    known = [flow for flow in flows if flow.is_known]
    if any(flow.hidden or flow.side for flow in flows):
        return (
            next(flow for flow in flows if flow.hidden or flow.side) if len(flows) == 1 else HIDDEN
        )
    return Figure(sum(flow.value for flow in known)) if known else Figure()


def _moved(
    author: Author, scene: Scene, owner: str, blocks: pd.Index[str], *, side: str, students: Figure
) -> str:
    """Say which streets (or blocks) come from or go to a school, and how many students."""
    words, lookup = author.words, author.packet.lookup
    moved = set(author.packet.district.blocks.index.get_indexer(blocks).tolist())
    streets = []
    for name, along in lookup.streets.items():
        inside = moved.intersection(along)
        if inside:
            streets.append(name if len(inside) == len(along) else words("zone.part", street=name))
    listed = ", ".join(streets or [short_block(str(block), author.letters) for block in blocks])
    return words(
        f"zone.{side}_{'streets' if streets else 'blocks'}",
        school=scene.owner_name(owner, short=False) or words("page.place_none"), places=listed,
        students=write_figure(words, "count", students),
    )  # fmt: skip


def _draw_zone(path: Path, scene: Scene, change: ZoneChange, after: pd.Series[str]) -> None:
    with map_style(1.0):
        drawing = Drawing(figsize=(_ZONE_INCHES, _ZONE_INCHES))
        draw_zone_map(drawing.add_axes((0, 0, 1, 1)), scene, change, after)
        save_picture(drawing, path, _DOTS)
