"""The document of one option, as a list of parts that the PDF lays out.

Pictures are drawn beside it; every picture carries its text alternative.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure as Drawing
from PIL import Image

from planner.report.criteria import criteria_table
from planner.report.effects import effects_of
from planner.report.figures import TODAY, Figure, Figures
from planner.report.maps import draw_changes, draw_zones, map_style
from planner.report.origins import (
    caveat_sentences,
    missing_sentences,
    race_sentences,
    source_sentences,
)
from planner.report.packet import Option, Packet
from planner.report.rule_tables import rule_table
from planner.report.scene import Scene
from planner.report.sentences import (
    aim_sentences,
    event_sentences,
    rule_sentences,
    sure_sentences,
)
from planner.report.summary import option_facts
from planner.report.tables import Kind, Table, flow_table, school_tables, write_figure
from planner.report.text import alternative, cell_text, column_text, level_name, table_title
from planner.report.words import Words
from planner.report.zone_maps import ZoneChange, draw_zone_map, zone_change

__all__ = ["Author", "document"]

Part = dict[str, Any]

_MAP_INCHES = (7.0, 6.4)
_ZONE_INCHES = 5.6
_DOTS = 140
_STREETS_TOLD = 60
_ROOM_INCHES, _LINE_INCHES, _LETTERS_A_LINE = 7.4, 0.145, 125  # of a page with a zone


@dataclass(frozen=True, eq=False)
class Author:
    """What every part of a document is written from.

    Parameters
    ----------
    packet : Packet
    figures : Figures
    option : Option
    words : Words
    folder : Path
        Where pictures go.
    """

    packet: Packet
    figures: Figures
    option: Option
    words: Words
    folder: Path


def document(author: Author) -> dict[str, Any]:
    """Return the whole document as plain values for ``pdf/hearing.typ``."""
    words, imprint = author.words, author.option.imprint
    letter = words("table.option", letter=author.option.letter)
    return {
        "lang": words.lang,
        "title": f"{imprint.district}: {words('page.title')} – {letter}",
        "author": imprint.district,
        "state": words(f"state.{imprint.state}"),
        "head": f"{imprint.district} · {letter}: {imprint.title}",
        "foot": imprint.identity(words),
        "parts": list(_parts(author)),
    }


def _parts(author: Author) -> Iterator[Part]:
    packet, words, option = author.packet, author.words, author.option
    yield {
        "kind": "title",
        "text": f"{words('table.option', letter=option.letter)}: {option.imprint.title}",
        "under": f"{packet.district.name} · {words('page.title')} · {words.date(packet.day)}",
    }
    yield _text(
        words("page.draft_note")
        if option.imprint.state == "draft"
        else words("page.adopted_note", letter=option.letter)
    )
    yield _list(option_facts(words, packet, author.figures, option))
    for text in missing_sentences(words, packet, author.figures):
        yield _text(text)
    if author.figures.threshold is not None:
        yield _text(words("caveat.privacy", threshold=words.number(author.figures.threshold)))
    for level in option.plan.levels:
        yield from _overview(author, level)
        yield from _effects(author, level)
        yield from _zones(author, level)
        yield from _tables(author, level)
    yield from _method(author)


def _overview(author: Author, level: str) -> Iterator[Part]:
    """Draw what changes, and the zones of the plan."""
    packet, words, option = author.packet, author.words, author.option
    yield _heading(1, level_name(words, level))
    if level not in packet.scenes:
        yield _text(words("page.no_map"))
        return
    scene, today = packet.scenes[level], packet.today[level]
    after = packet.proposed[option.letter, level]
    for kind in ("changes", "plan"):
        path = author.folder / f"{level}_{kind}.png".replace(" ", "_")
        is_change = kind == "changes"
        _draw(path, scene, today if is_change else after, after if is_change else None)
        yield _heading(2, words(f"map.{kind}", letter=option.letter))
        yield _text(words("map.how_changes" if is_change else "map.how_zones"))
        told = alternative(
            words, scene, today if is_change else after, after if is_change else None, option.letter
        )
        yield _picture(path, told, 5.0 if is_change else 6.2)
        yield _text(_key(scene), small=True)
        yield _text(option.imprint.origin(words), small=True)
        yield {"kind": "page"}


def _effects(author: Author, level: str) -> Iterator[Part]:
    words = author.words
    effects = effects_of(author.packet, author.figures, author.option, level)
    for side in ("better", "worse"):
        yield _heading(2, words(f"page.{side}"))
        mine = [effect for effect in effects if effect.side == side]
        if not mine:
            yield _text(words(f"effect.none_{side}"))
        for whom in ("all", "group", "school"):
            told = [effect.sentence(words) for effect in mine if effect.whom == whom]
            if told:
                yield _heading(3, words(f"effect.on_{whom}"))
                yield _list(told)


def _zones(author: Author, level: str) -> Iterator[Part]:
    """Give every zone of the plan, and every zone that ends, a page of its own."""
    packet, option = author.packet, author.option
    if level not in packet.scenes:
        return
    scene, today = packet.scenes[level], packet.today[level]
    after = packet.proposed[option.letter, level]
    owners = sorted(
        {o for view in (today, after) for o in view.unique() if o}, key=scene.owner_name
    )
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
    yield _heading(1, f"{scene.owner_numbers(change.owner)}  {name}")
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
    yield _list(facts)
    told = words(
        "zone.alt", school=name, blocks=words.number(len(change.after)),
        joins=words.number(sum(map(len, change.joins.values()))),
        leaves=words.number(sum(map(len, change.leaves.values()))),
    )  # fmt: skip
    lists = list(_moves(author, scene, change, level))
    lines = sum(1.5 + len(str(part["text"])) / _LETTERS_A_LINE for part in lists)
    yield _picture(path, told, max(3.0, min(_ZONE_INCHES, _ROOM_INCHES - lines * _LINE_INCHES)))
    yield _text(words("zone.how"), small=True)
    yield from lists


def _moves(author: Author, scene: Scene, change: ZoneChange, level: str) -> Iterator[Part]:
    """List what joins a zone and what leaves it."""
    words, letter = author.words, author.option.letter
    for side, moves in (("joins", change.joins), ("leaves", change.leaves)):
        if not moves:
            yield _text(words(f"zone.no_{side}"))
            continue
        yield _heading(2, words(f"zone.{side}"))
        for owner, blocks in moves.items():
            ends = (owner, change.owner) if side == "joins" else (change.owner, owner)
            students = author.figures.flow(letter, level, *ends)
            yield _text(_moved(author, scene, owner, blocks, side, students), small=True)


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


def _tables(author: Author, level: str) -> Iterator[Part]:
    packet, figures, option, words = author.packet, author.figures, author.option, author.words
    yield {"kind": "page"}
    yield _heading(1, words("page.criteria"))
    yield _table(words, criteria_table(packet, figures, level, (option,)))
    rules = rule_table(words, packet, figures, option)
    if rules is not None:
        yield _table(words, rules)
    yield _heading(1, words("page.schools"))
    yield _text(words("table.change_note"))
    for table in school_tables(packet, figures, level, (option,)):
        yield _table(words, table)
    yield _heading(1, words("page.moves"))
    yield _text(words("table.flow_note"))
    yield _table(words, flow_table(packet, figures, option, level))


def _method(author: Author) -> Iterator[Part]:
    packet, figures, option, words = author.packet, author.figures, author.option, author.words
    yield {"kind": "page"}
    yield _heading(1, words("page.rules"))
    yield _text(words("page.method"))
    events = event_sentences(words, packet, option)
    if events:
        yield _heading(2, words("page.events"))
        yield _list(events)
    yield _heading(2, words("page.aims"))
    yield {"kind": "order", "items": aim_sentences(words, packet, option)}
    yield _heading(2, words("table.rule"))
    yield _list(rule_sentences(words, packet, option))
    yield _heading(2, words("page.race"))
    for text in race_sentences(words, option):
        yield _text(text)
    yield _heading(1, words("page.sure"))
    for text in sure_sentences(words, option, public=figures.is_public):
        yield _text(text)
    if option.imprint.seed is not None:
        yield _text(words("sure.seed_note", seed=option.imprint.seed))
    yield _text(words("sure.identity", plan_id=option.imprint.plan_id))
    yield _heading(1, words("page.sources"))
    yield _list(source_sentences(words, packet) or [words("map.source_unknown")])
    yield _heading(2, words("page.caveats"))
    yield _list(caveat_sentences(words, packet, figures))


def _draw(path: Path, scene: Scene, before: pd.Series[str], after: pd.Series[str] | None) -> None:
    scale = 1.0 if len(scene.schools) <= 16 else 0.72
    with map_style(scale):
        drawing = Drawing(figsize=_MAP_INCHES)
        ax = drawing.add_axes((0, 0, 1, 1))
        if after is None:
            draw_zones(ax, scene, before, scale=scale)
        else:
            draw_changes(ax, scene, before, after, scale=scale)
        _save(drawing, path, 180)


def _draw_zone(path: Path, scene: Scene, change: ZoneChange, after: pd.Series[str]) -> None:
    with map_style(1.0):
        drawing = Drawing(figsize=(_ZONE_INCHES, _ZONE_INCHES))
        draw_zone_map(drawing.add_axes((0, 0, 1, 1)), scene, change, after)
        _save(drawing, path, _DOTS)


def _save(drawing: Drawing, path: Path, dots: int) -> None:
    """Save a picture with few colours, so that the document stays small."""
    raw = io.BytesIO()
    drawing.savefig(raw, dpi=dots, format="png", metadata={"Software": None})
    with Image.open(raw) as image:
        image.convert("RGB").quantize(160, dither=Image.Dither.NONE).save(path, "PNG")


def _key(scene: Scene) -> str:
    return " · ".join(f"{row['number']} {row['name']}" for _, row in scene.schools.iterrows())


def _heading(level: int, text: str) -> Part:
    return {"kind": "heading", "level": level, "text": text}


def _text(text: str, *, small: bool = False) -> Part:
    return {"kind": "text", "text": text, "small": small}


def _list(items: list[str]) -> Part:
    return {"kind": "list", "items": items}


def _picture(path: Path, told: str, inches: float) -> Part:
    return {"kind": "picture", "path": path.name, "alt": told, "width": 100, "height": inches}


def _table(words: Words, table: Table) -> Part:
    rows = []
    for row in table.rows:
        strong = row[0].word == "table.all_schools"
        cells = []
        for cell in row:
            text, change = cell_text(words, cell)
            said = words(f"verdict.{cell.verdict}") if cell.verdict in ("better", "worse") else ""
            text = f"{text} ({change})" if change else text
            mark = {"better": "good", "worse": "bad"}.get(cell.verdict, "")
            whole = f"{text} – {said}" if said else text
            cells.append({"text": whole, "strong": strong, "mark": mark})
        rows.append(cells)
    kinds = [cell.kind for cell in table.rows[0]] if table.rows else []
    columns = [
        {"text": column_text(words, column), "wide": not kinds or kinds[at] == "text"}
        for at, column in enumerate(table.columns)
    ]
    return {"kind": "table", "caption": table_title(words, table), "columns": columns, "rows": rows}
