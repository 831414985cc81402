"""The page: one file that opens anywhere, with no network."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pandas as pd
from jinja2 import Environment, FunctionLoader, StrictUndefined
from matplotlib.figure import Figure as Drawing
from PIL import Image

from planner.report.figures import ALL, TODAY, Figures
from planner.report.maps import draw_changes, draw_zones, map_style
from planner.report.packet import Option, Packet
from planner.report.scene import Scene
from planner.report.tables import flow_table, school_tables, write_figure
from planner.report.text import alternative, cell_text, column_text, level_name, table_title
from planner.report.words import Words, languages, load_words

__all__ = ["render_page"]

_INCHES = 11.0
_DOTS = 110


def render_page(packet: Packet, figures: Figures, *, lang: str = "en") -> str:
    """Return the page as HTML.

    Parameters
    ----------
    packet : Packet
    figures : Figures
    lang : str
        Language shown first; the page holds every language.
    """
    order = [lang, *(code for code in languages() if code != lang)]
    environment = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals |= {
        "cell_text": cell_text,
        "column_text": column_text,
        "table_title": table_title,
        "level_name": level_name,
    }
    pictures = dict(_pictures(packet))
    return environment.get_template("page.html.j2").render(
        packet=packet,
        languages=[load_words(code) for code in order],
        levels=[_level(packet, figures, level, pictures) for level in packet.levels],
        css=_source("page.css"),
        facts=_facts,
        figures=figures,
        missing=_missing,
    )


def _source(name: str) -> str:
    return (resources.files("planner.report") / "page" / name).read_text(encoding="utf-8")


def _level(
    packet: Packet, figures: Figures, level: str, pictures: dict[tuple[str, str], str]
) -> dict[str, Any]:
    """Collect what the page shows of one level."""
    options = [o for o in packet.options if level in o.plan.levels]
    return {
        "name": level,
        "maps": list(_maps(packet, level, options, pictures)),
        "tables": list(school_tables(packet, figures, level)),
        "moves": [flow_table(packet, figures, option, level) for option in options],
    }


def _maps(
    packet: Packet, level: str, options: list[Option], pictures: dict[tuple[str, str], str]
) -> Iterator[dict[str, Any]]:
    if level not in packet.scenes:
        return
    scene, today = packet.scenes[level], packet.today[level]

    def entry(
        kind: str, option: Option | None, before: pd.Series[str], after: pd.Series[str] | None
    ) -> dict[str, Any]:
        letter = option.letter if option else ""
        imprint = option.imprint if option else packet.today_imprint

        def told(words: Words) -> str:
            return alternative(words, scene, before, after, letter)

        return {
            "kind": kind, "letter": letter, "picture": pictures[level, kind + letter],
            "alternative": told, "imprint": imprint,
        }  # fmt: skip

    yield entry("today", None, today, None)
    for option in options:
        after = packet.proposed[option.letter, level]
        yield entry("plan", option, after, None)
        yield entry("changes", option, today, after)


def _pictures(packet: Packet) -> Iterator[tuple[tuple[str, str], str]]:
    """Draw every map of the page, as data addresses by level and kind."""
    for level, scene in packet.scenes.items():
        today = packet.today[level]
        yield (level, "today"), _picture(scene, today, None)
        for option in packet.options:
            after = packet.proposed.get((option.letter, level))
            if after is not None:
                yield (level, f"plan{option.letter}"), _picture(scene, after, None)
                yield (level, f"changes{option.letter}"), _picture(scene, today, after)


def _picture(scene: Scene, before: pd.Series[str], after: pd.Series[str] | None) -> str:
    west, south, east, north = scene.bounds
    shape = (north - south) / (east - west)
    size = (_INCHES, _INCHES * shape) if shape < 1 else (_INCHES / shape, _INCHES)
    scale = 1.35 if len(scene.schools) <= 16 else 1.0
    with map_style(scale):
        drawing = Drawing(figsize=size)
        ax = drawing.add_axes((0, 0, 1, 1))
        if after is None:
            draw_zones(ax, scene, before, scale=scale)
        else:
            draw_changes(ax, scene, before, after, scale=scale)
        raw = io.BytesIO()
        drawing.savefig(raw, dpi=_DOTS, format="png", metadata={"Software": None})
    packed = io.BytesIO()
    with Image.open(raw) as image:
        image.convert("RGB").quantize(128).save(packed, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode("ascii")


def _facts(words: Words, figures: Figures, option: Option) -> list[str]:
    """Say the main facts of an option."""
    letter, facts = option.letter, []
    moved = figures.get(letter, "students_moved", "district", ALL)
    share = figures.get(letter, "share_moved", "district", ALL)
    if moved.is_known:
        n = write_figure(words, "count", moved)
        facts.append(words("page.moved", n=n, share=write_figure(words, "share", share)))
    else:
        facts.append(words("page.moved_unknown"))
    after = figures.get(letter, "travel_mean_metres", "district", ALL)
    before = figures.get(TODAY, "travel_mean_metres", "district", ALL)
    if after.is_known and before.is_known:
        texts = {"after": after, "before": before}
        texts_in_words = {k: write_figure(words, "miles", v) for k, v in texts.items()}
        facts.append(words("page.travel", **texts_in_words))
    return facts


def _missing(words: Words, packet: Packet, figures: Figures) -> list[str]:
    """Say what is not shown because the district has no numbers for it."""
    lacks = []
    if not figures.has("students", "district"):
        lacks.append("students")
    if not figures.has("share", "district", "poor"):
        lacks.append("poor")
    if not packet.district.students.groups:
        lacks.append("groups")
    if not figures.has("utilization", "school"):
        lacks.append("capacity")
    texts = {"students": "page.what_students", "poor": "page.what_poor"}
    texts |= {"groups": "page.what_groups", "capacity": "page.what_capacity"}
    return [words("page.no_metric", what=words.texts[texts[lack]]) for lack in lacks]
