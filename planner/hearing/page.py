"""The page: one file that opens anywhere, with no network.

Every language is written out in full; the page's own program (``page/app_*.js``) shows one of
them, draws the map and answers look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from importlib import resources
from typing import Any

from pyproj import CRS

from geodata.crs import name_of
from planner.hearing.criteria import criteria_table
from planner.hearing.effects import effects_of, no_effect_key, untold_things
from planner.hearing.figures import Figures
from planner.hearing.flows import flow_picture, how_to_read_flows
from planner.hearing.map_files import map_links
from planner.hearing.origins import (
    caveat_sentences,
    missing_sentences,
    race_sentences,
    source_sentences,
)
from planner.hearing.packet import Packet
from planner.hearing.payload import pack, pack_bytes, payload
from planner.hearing.rule_sentences import rule_sentences
from planner.hearing.rule_tables import rule_table
from planner.hearing.sentences import (
    aim_sentences,
    event_sentences,
    sure_sentences,
)
from planner.hearing.summary import no_moves_key, option_facts, rules_fact, today_facts
from planner.hearing.tables import flow_table, school_tables
from planner.hearing.text import alternative, cell_text, column_text, level_name, table_title
from planner.hearing.translations import words_of
from planner.hearing.words import Words, languages
from planner.pages import page_source, page_templates

__all__ = ["render_page"]

_PARTS = (
    "options", "find", "worse", "criteria", "schools", "moves", "rules", "sure", "sources",
)  # fmt: skip
_WIDGET_TEXTS = re.compile(
    r"^(?:map|number|table|name$|page\.(?:map|find|place)_|page\.print|table\.)"
)


def render_page(
    packet: Packet,
    figures: Figures,
    *,
    lang: str = "en",
    speech: Mapping[str, Words] | None = None,
    files: tuple[tuple[str, str], ...] = (),
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    packet : Packet
    figures : Figures
    lang : str
        Language shown first; the page holds every language.
    speech : mapping of language to Words, optional
        With the district's own texts translated; without it, as they are.
    files : tuple of (key, path)
        Links to the other files of the packet, relative to the page.
    """
    environment = page_templates("planner.hearing")
    environment.globals |= _helpers(packet, figures)
    has_map = bool(packet.scenes)
    speech = speech or words_of(packet)
    order = [lang, *(code for code in languages() if code != lang)]
    return environment.get_template("page.html.j2").render(
        packet=packet,
        figures=figures,
        languages=[speech[code] for code in order],
        levels=[_level(packet, figures, level) for level in packet.levels],
        parts=(*_PARTS, *(["files"] if files else [])),
        links=lambda words: _links(words, packet, files),
        adopted=packet.adopted,
        has_map=has_map,
        has_lookup=not packet.lookup.is_empty,
        css=page_source("planner.hearing", "page.css"),
        texts=pack({code: _texts(packet, speech[code]) for code in order}),
        data=pack(payload(packet)) if has_map else "",
        maplibre=_library("maplibre-gl.mjs") if has_map else "",
        maplibre_worker=_library("maplibre-gl-worker.mjs") if has_map else "",
        script=_script(),
    )


def _helpers(packet: Packet, figures: Figures) -> dict[str, Any]:
    """Return what the template may call; the first argument is always the language."""
    return {
        "aim_sentences": aim_sentences,
        "caveat_sentences": caveat_sentences,
        "cell_text": cell_text,
        "column_text": column_text,
        "event_sentences": event_sentences,
        "facts": lambda words, option: option_facts(words, packet, figures, option),
        "flow_picture": flow_picture,
        "hidden_note": partial(_hidden_note, figures),
        "level_name": level_name,
        "missing": lambda words: missing_sentences(words, packet, figures),
        "race_sentences": race_sentences,
        "rule_sentences": lambda words, option: rule_sentences(words, figures, option),
        "no_effect_key": no_effect_key,
        "untold_things": untold_things,
        "how_to_read_flows": how_to_read_flows,
        "no_moves_key": no_moves_key,
        "rules_fact": rules_fact,
        "rule_tables": lambda words: [
            table for o in packet.options if (table := rule_table(words, packet, figures, o))
        ],
        "source_sentences": source_sentences,
        "sure_sentences": sure_sentences,
        "table_title": table_title,
        "today_facts": lambda words: today_facts(words, packet, figures),
    }


def _hidden_note(figures: Figures, words: Words) -> str:
    if figures.threshold is None:
        return ""
    return words("table.hidden_note", threshold=words.number(figures.threshold))


def _level(packet: Packet, figures: Figures, level: str) -> dict[str, Any]:
    """Collect what the page shows of one level."""
    options = [o for o in packet.options if level in o.plan.levels]
    return {
        "name": level,
        "criteria": criteria_table(packet, figures, level),
        "effects": [(o, effects_of(packet, figures, o, level)) for o in options],
        "tables": list(school_tables(packet, figures, level)),
        "moves": [(o, flow_table(packet, figures, o, level)) for o in options],
    }


def _texts(packet: Packet, words: Words) -> dict[str, str]:
    """Return the texts the page's program needs, with those of each map."""
    texts = {key: text for key, text in words.texts.items() if _WIDGET_TEXTS.match(key)}
    texts["title"] = f"{words.known(packet.district.name)} – {words('page.title')}"
    for level in packet.scenes:
        texts[f"level:{level}"] = level_name(words, level)
        today, imprint = packet.today[level], packet.today_imprint
        texts[f"alt:{level}:"] = alternative(words, packet.scene_of(level), today)
        texts[f"imprint:{level}:"] = imprint.stamp(words)
        for option in packet.options:
            if level not in option.plan.levels:
                continue
            after, letter = packet.proposed[option.letter, level], option.letter
            line = option.imprint.at(level).stamp(words)
            scene = packet.scene_of(level, letter)
            texts[f"alt:{level}:{letter}"] = alternative(words, scene, after)
            texts[f"alt:{level}:>{letter}"] = alternative(words, scene, today, after, letter)
            texts[f"imprint:{level}:{letter}"] = texts[f"imprint:{level}:>{letter}"] = line
    return texts


def _links(
    words: Words, packet: Packet, files: tuple[tuple[str, str], ...]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what each kind of file is, and text and path of each link, no two texts the same."""
    found: dict[str, list[tuple[str, str]]] = {}
    system = packet.district.map_crs
    name = "" if system is None else name_of(CRS.from_user_input(system))
    for key, path in files:
        links = found.setdefault(words(key, crs=name), [])
        option = re.fullmatch(r"option-(\w+)\.pdf", path)
        if path in ("maps/", "gis/"):
            links += [
                (_link_text(words, level, letter, name), name)
                for level, letter, name in map_links(packet, path)
            ]
        elif option:
            links.append((words("table.option", letter=option[1]), path))
        else:
            links.append((path, path))
    return list(found.items())


def _link_text(words: Words, level: str, letter: str, path: str) -> str:
    name = words("table.option", letter=letter) if letter else words("table.today")
    if "_changes." in path:
        name = words("map.changes", letter=letter)
    file = path.rsplit("/", 1)[1]
    return f"{level_name(words, level)}, {name} ({file})" if level else file


def _script() -> str:
    folder = resources.files("planner.hearing") / "page"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".js"))
    return "\n".join(page_source("planner.hearing", name) for name in names).replace("</", "<\\/")


def _library(name: str) -> str:
    file = resources.files("planner.hearing") / "page" / "maplibre" / name
    text = re.sub(r"//# sourceMappingURL=\S*", "", file.read_text(encoding="utf-8"))
    return pack_bytes(text.encode("utf-8"))
