"""The document of one option, as a list of parts that the PDF lays out.

Pictures are drawn beside it; every picture carries its text alternative.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure as Drawing

from planner.hearing.criteria import criteria_table
from planner.hearing.document_parts import (
    Author,
    Part,
    part_heading,
    part_list,
    part_picture,
    part_table,
    part_text,
    save_picture,
)
from planner.hearing.document_zones import zone_pages
from planner.hearing.effects import effects_of, no_effect_key, untold_things
from planner.hearing.flows import flow_picture, how_to_read_flows, picture_inches
from planner.hearing.maps import draw_changes, draw_zones, map_style
from planner.hearing.origins import (
    caveat_sentences,
    missing_sentences,
    race_sentences,
    source_sentences,
)
from planner.hearing.palette import STATE_GROUND
from planner.hearing.rule_sentences import rule_sentences
from planner.hearing.rule_tables import rule_table
from planner.hearing.scene import Scene
from planner.hearing.sentences import (
    aim_sentences,
    event_sentences,
    sure_sentences,
)
from planner.hearing.summary import no_moves_key, option_facts, rules_fact
from planner.hearing.tables import flow_table, no_zone_word, school_tables
from planner.hearing.text import alternative, file_stem, how_to_read, level_name

__all__ = ["document"]

_MAP_INCHES = (7.0, 6.4)
_SVG = "http://www.w3.org/2000/svg"


def document(author: Author) -> dict[str, Any]:
    """Return the whole document as plain values for ``pdf/hearing.typ``."""
    words, imprint = author.words, author.option.imprint
    letter = words("table.option", letter=author.option.letter)
    return {
        "lang": words.lang,
        "title": f"{words.known(imprint.district)}: {words('page.title')} – {letter}",
        "author": words.known(imprint.district),
        "state": words(f"state.{imprint.state}"),
        "ground": STATE_GROUND[imprint.state],
        "head": f"{words.known(imprint.district)} · {letter}: {words.known(imprint.title)}",
        "foot": imprint.short(words),
        "parts": list(_parts(author)),
    }


def _decided(author: Author) -> str:
    """Say whether the board has decided, and whether for this option."""
    packet, words, option = author.packet, author.words, author.option
    if packet.state == "draft":
        return words("page.draft_note")
    is_it = option.letter == packet.adopted
    key = "page.adopted_note" if is_it else "page.other_adopted_note"
    return words(key, letter=packet.adopted)


def _parts(author: Author) -> Iterator[Part]:
    packet, words, option = author.packet, author.words, author.option
    district, title = (words.known(t) for t in (packet.district.name, option.imprint.title))
    yield {
        "kind": "title",
        "text": f"{words('table.option', letter=option.letter)}: {title}",
        "under": f"{district} · {words('page.title')} · {words.date(packet.day)}",
    }
    yield part_text(_decided(author))
    told, _ = rules_fact(words, author.figures, option)
    yield part_list(
        [*([told] if told else []), *option_facts(words, packet, author.figures, option)]
    )
    for text in missing_sentences(words, packet, author.figures):
        yield part_text(text)
    if author.figures.threshold is not None:
        yield part_text(words("caveat.privacy", threshold=words.number(author.figures.threshold)))
    shown = [level for level in packet.levels if level in option.plan.levels]
    for number, level in enumerate(shown):
        if number > 0:
            yield {"kind": "page"}
        yield from _overview(author, level)
        yield from _effects(author, level)
        yield from zone_pages(author, level)
        yield from _tables(author, level)
    yield from _method(author)


def _overview(author: Author, level: str) -> Iterator[Part]:
    """Draw what changes, and the zones of the plan."""
    packet, words, option = author.packet, author.words, author.option
    yield part_heading(1, level_name(words, level))
    if level not in packet.scenes:
        yield part_text(words("page.no_map"))
        return
    scene, today = packet.scene_of(level, option.letter), packet.today[level]
    after = packet.proposed[option.letter, level]
    for kind in ("changes", "plan"):
        path = author.folder / f"{file_stem(level, kind)}.png"
        is_change = kind == "changes"
        _draw(path, scene, today if is_change else after, after if is_change else None)
        yield part_heading(2, words(f"map.{kind}", letter=option.letter))
        yield part_text(how_to_read(words, scene, "changes" if is_change else "zones"))
        told = alternative(
            words, scene, today if is_change else after, after if is_change else None, option.letter
        )
        yield part_picture(path, told, None)
        yield part_text(_key(author, level), small=True)
        yield part_text(option.imprint.at(level).stamp(words), small=True)
        yield {"kind": "page"}


def _effects(author: Author, level: str) -> Iterator[Part]:
    words = author.words
    effects = effects_of(author.packet, author.figures, author.option, level)
    for side in ("better", "worse"):
        yield part_heading(2, words(f"page.{side}"))
        mine = [effect for effect in effects if effect.side == side]
        if not mine:
            key = no_effect_key(author.figures, author.option, level, side)
            yield part_text(words(key))
        for whom in ("rule", "all", "group", "school"):
            told = [effect.sentence(words) for effect in mine if effect.whom == whom]
            if told:
                yield part_heading(3, words(f"effect.on_{whom}"))
                yield part_list(told)
    untold = untold_things(words, author.figures, author.option, level)
    if untold:
        yield part_text(f"{words('effect.untold')} {'; '.join(untold)}.")


def _tables(author: Author, level: str) -> Iterator[Part]:
    packet, figures, option, words = author.packet, author.figures, author.option, author.words
    yield {"kind": "page"}
    yield part_heading(1, words("page.criteria"))
    yield part_table(words, criteria_table(packet, figures, level, (option,)))
    rules = rule_table(words, packet, figures, option, level)
    if rules is not None:
        yield part_table(words, rules)
    yield part_heading(1, words("page.schools"))
    yield part_text(words("table.change_note"), leads=True)
    for table in school_tables(packet, figures, level, (option,)):
        yield part_table(words, table)
    yield part_heading(1, words("page.moves"))
    yield part_text(words("table.flow_note"), leads=True)
    picture = flow_picture(words, packet, figures, option, level)
    if picture:
        path = author.folder / f"{file_stem(level, 'flows')}.svg"
        path.write_text(picture.replace("<svg ", f'<svg xmlns="{_SVG}" ', 1), encoding="utf-8")
        told = words("page.moves_alt", letter=option.letter)
        yield part_text(how_to_read_flows(words, figures, option, level), leads=True)
        yield part_picture(path, told, picture_inches(picture))
    table = flow_table(packet, figures, option, level)
    if table.rows:
        yield part_table(words, table)
        return
    yield part_text(words(no_moves_key(figures, option, level)))


def _method(author: Author) -> Iterator[Part]:
    packet, figures, option, words = author.packet, author.figures, author.option, author.words
    yield {"kind": "page"}
    yield part_heading(1, words("page.rules"))
    if not option.is_drawn:
        yield part_text(words("page.method"))
    events = event_sentences(words, packet, option)
    if events:
        yield part_heading(2, words("page.events"))
        yield part_list(events)
    yield part_heading(2, words("page.aims"))
    yield {"kind": "order", "items": aim_sentences(words, packet, option)}
    yield part_heading(2, words("page.rule_list"))
    yield part_list(rule_sentences(words, figures, option))
    yield part_heading(2, words("page.race"))
    for text in race_sentences(words, option):
        yield part_text(text)
    yield part_heading(1, words("page.sure"))
    for text in sure_sentences(words, option, public=figures.is_public):
        yield part_text(text)
    if option.imprint.seed is not None:
        yield part_text(words("sure.seed_note", seed=option.imprint.seed))
    yield part_text(words("sure.identity", plan_id=option.imprint.plan_id))
    yield part_heading(1, words("page.sources"))
    yield part_list(source_sentences(words, packet))
    yield part_heading(2, words("page.caveats"))
    yield part_list(caveat_sentences(words, packet, figures))


def _draw(path: Path, scene: Scene, before: pd.Series[str], after: pd.Series[str] | None) -> None:
    scale = 1.0 if len(scene.schools) <= 16 else 0.72
    with map_style(scale):
        drawing = Drawing(figsize=_MAP_INCHES)
        ax = drawing.add_axes((0, 0, 1, 1))
        if after is None:
            draw_zones(ax, scene, before, scale=scale)
        else:
            draw_changes(ax, scene, before, after, scale=scale)
        save_picture(drawing, path, 180)


def _key(author: Author, level: str) -> str:
    """List the schools by number, and say which are closed or have no zone."""
    packet, letter = author.packet, author.option.letter
    told = []
    for school, row in packet.scene_of(level, letter).schools.iterrows():
        why = no_zone_word(packet, level, letter, str(school))
        told.append(f"{row['number']} {row['name']}" + (f" ({author.words(why)})" if why else ""))
    return " · ".join(told)
