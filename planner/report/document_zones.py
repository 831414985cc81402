"""The page of each zone in the document: its map, its figures, who joins and who leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure as Drawing

from planner.report.document_parts import (
    Author,
    Part,
    part_heading,
    part_list,
    part_picture,
    part_text,
    save_picture,
)
from planner.report.figures import TODAY, Figure
from planner.report.maps import map_style
from planner.report.scene import Scene
from planner.report.tables import Kind, write_figure
from planner.report.zone_maps import ZoneChange, draw_zone_map, zone_change

__all__ = ["zone_pages"]

_ZONE_INCHES = 5.6
_DOTS = 140
_STREETS_TOLD = 60
_ROOM_INCHES, _LINE_INCHES, _LETTERS_A_LINE = 7.4, 0.145, 125  # of a page with a zone


def zone_pages(author: Author, level: str) -> Iterator[Part]:
    """Give every zone of the plan, and every zone that ends, a page of its own."""
    packet, option = author.packet, author.option
    if level not in packet.scenes:
        return
    scene, today = packet.scenes[level], packet.today[level]
    after = packet.proposed[option.letter, level]
    owners = {owner for view in (today, after) for owner in view.unique() if owner}
    for number, owner in enumerate(sorted(owners, key=scene.owner_name)):
        change = zone_change(owner, today, after)
        path = author.folder / f"{level}_zone_{number}.png".replace(" ", "_")
        _draw_zone(path, scene, change, after)
        yield {"kind": "page"}
        yield from _zone_page(author, scene, change, level, path)


def _zone_page(
    author: Author, scene: Scene, change: ZoneChange, level: str, path: Path
) -> Iterator[Part]:
    words, figures, letter = author.words, author.figures, author.option.letter
    name = scene.owner_name(change.owner, short=False)
    yield part_heading(1, f"{scene.owner_numbers(change.owner)}  {name}")
    facts: list[str] = []
    measures: tuple[tuple[str, Kind], ...] = (
        ("students", "count"), ("utilization", "share"), ("travel_mean_metres", "miles"),
    )  # fmt: skip
    for metric, kind in measures:
        before, after = (figures.get(at, metric, "school", change.owner) for at in (TODAY, letter))
        if before.is_known or after.is_known or before.hidden or after.hidden:
            ends = {
                "before": write_figure(words, kind, before),
                "after": write_figure(words, kind, after),
            }
            facts.append(words("zone.fact", what=words(f"zone.{metric}"), **ends))
    yield part_list(facts)
    told = words(
        "zone.alt", school=name, blocks=words.number(len(change.after)),
        joins=words.number(sum(map(len, change.joins.values()))),
        leaves=words.number(sum(map(len, change.leaves.values()))),
    )  # fmt: skip
    lists = list(_moves(author, scene, change, level))
    lines = sum(1.5 + len(str(part["text"])) / _LETTERS_A_LINE for part in lists)
    yield part_picture(path, told, max(3.0, min(_ZONE_INCHES, _ROOM_INCHES - lines * _LINE_INCHES)))
    yield part_text(words("zone.how"), small=True)
    yield from lists


def _moves(author: Author, scene: Scene, change: ZoneChange, level: str) -> Iterator[Part]:
    """List what joins a zone and what leaves it."""
    words, letter = author.words, author.option.letter
    for side, moves in (("joins", change.joins), ("leaves", change.leaves)):
        if not moves:
            yield part_text(words(f"zone.no_{side}"))
            continue
        yield part_heading(2, words(f"zone.{side}"))
        for owner, blocks in moves.items():
            ends = (owner, change.owner) if side == "joins" else (change.owner, owner)
            students = author.figures.flow(letter, level, *ends)
            yield part_text(_moved(author, scene, owner, blocks, side, students), small=True)


def _moved(
    author: Author, scene: Scene, owner: str, blocks: pd.Index[str], side: str, students: Figure
) -> str:
    """Say which streets (or blocks) come from or go to a school, and how many students."""
    words, lookup = author.words, author.packet.lookup
    number = {block: at for at, block in enumerate(author.packet.district.blocks.index)}
    moved = {number[block] for block in blocks}
    streets = []
    for name, along in lookup.streets.items():
        inside = moved.intersection(along)
        if inside:
            streets.append(name if len(inside) == len(along) else words("zone.part", street=name))
    places = streets or [str(block) for block in blocks]
    more = len(places) - _STREETS_TOLD
    listed = ", ".join(places[:_STREETS_TOLD])
    if more > 0:
        listed += words("zone.more", n=words.number(more))
    return words(
        f"zone.{side}_{'streets' if streets else 'blocks'}",
        school=scene.owner_name(owner, short=False), places=listed,
        students=write_figure(words, "count", students),
    )  # fmt: skip


def _draw_zone(path: Path, scene: Scene, change: ZoneChange, after: pd.Series[str]) -> None:
    with map_style(1.0):
        drawing = Drawing(figsize=(_ZONE_INCHES, _ZONE_INCHES))
        draw_zone_map(drawing.add_axes((0, 0, 1, 1)), scene, change, after)
        save_picture(drawing, path, _DOTS)
