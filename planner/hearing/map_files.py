"""Maps to hang up, and zones to load elsewhere: pictures, GeoPackage, GeoJSON, Shapefile, CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.hearing.figures import HIDDEN, TODAY, Figure, Figures
from planner.hearing.imprint import Imprint
from planner.hearing.packet import Option, Packet
from planner.hearing.poster import draw_poster, save_poster
from planner.hearing.text import alternative, file_stem
from planner.hearing.words import Words
from planner.hearing.zones import dissolve
from planner.plan import plan_columns

__all__ = ["map_links", "write_gis", "write_posters"]

_DEGREES = 4326
_ZIP = "shapefile.zip"


@dataclass(frozen=True, eq=False)
class _View:
    """One plan of one level."""

    letter: str
    level: str
    owner: pd.Series[str]
    imprint: Imprint

    @property
    def name(self) -> str:
        label = "today" if self.letter == TODAY else f"option_{self.letter}"
        return file_stem(self.level, label)


def write_posters(folder: Path, packet: Packet, words: Words) -> list[Path]:
    """Write today's zones, every option's, and what each would change, as PNG, SVG and PDF."""
    written: list[Path] = []
    folder.mkdir(parents=True, exist_ok=True)
    for view in _views(packet):
        scene, today = packet.scene_of(view.level, view.letter), packet.today[view.level]
        after = None if view.letter == TODAY else view.owner
        for changes in (False, True) if after is not None else (False,):
            poster = draw_poster(scene, today, after, view.imprint, words, changes=changes)
            name = view.name + ("_changes" if changes else "")
            shown = (today, after) if changes else (today if after is None else after, None)
            told = alternative(words, scene, *shown, view.letter)
            kind = "today" if after is None else "changes" if changes else "plan"
            what = words(f"map.{kind}", letter=view.letter)
            title = f"{words.known(view.imprint.district)}: {what}"
            written += save_poster(poster, folder / name, title, told)
    return written


def write_gis(folder: Path, packet: Packet, figures: Figures) -> list[Path]:
    """Write zones as layers, and every plan as a table of blocks and schools.

    ``zones.gpkg`` has a layer for each level and plan.  It and the Shapefiles are in the coordinate
    system of the blocks file, GeoJSON is in longitude and latitude.  A Shapefile is several files,
    which ``shapefile.zip`` holds together.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for view in _views(packet):
        zones = _zones(packet, figures, view)
        zones.to_file(folder / "zones.gpkg", layer=view.name, driver="GPKG")
        geojson = folder / f"{view.name}.geojson"
        zones.to_crs(_DEGREES).to_file(geojson, driver="GeoJSON")
        shapes = folder / "shapefile"
        shapes.mkdir(exist_ok=True)
        zones.to_file(shapes / f"{view.name}.shp", encoding="UTF-8")
        written += [geojson, shapes / f"{view.name}.shp"]
    written.append(_zipped(folder / "shapefile", folder / _ZIP))
    for option in packet.options:
        path = folder / f"blocks_option_{option.letter}.csv"
        _blocks_table(packet, option).to_csv(path, index=False, encoding="utf-8")
        written.append(path)
    return written


def _zipped(folder: Path, path: Path) -> Path:
    """Write the files of a folder as one, the same bytes for the same files."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.writestr(ZipInfo(file.name), file.read_bytes(), ZIP_DEFLATED)
    return path


def map_links(packet: Packet, folder: str) -> list[tuple[str, str, str]]:
    """Return level, option letter ("" for today) and path of every file to link in a folder."""
    links = []
    for view in _views(packet):
        if folder == "maps/":
            stems = [view.name] + ([f"{view.name}_changes"] if view.letter != TODAY else [])
            files = [f"maps/{stem}.{kind}" for stem in stems for kind in ("pdf", "png", "svg")]
            links += [(view.level, view.letter, file) for file in files]
        else:
            links.append((view.level, view.letter, f"gis/{view.name}.geojson"))
    if folder == "gis/":
        links += [("", "", "gis/zones.gpkg"), ("", "", f"gis/{_ZIP}")]
        links += [("", o.letter, f"gis/blocks_option_{o.letter}.csv") for o in packet.options]
    return links


def _blocks_table(packet: Packet, option: Option) -> pd.DataFrame:
    """List blocks and schools with names, and on every row which plan this is."""
    table, imprint = option.plan.table, option.imprint
    return table[plan_columns(option.plan, packet.district.levels)].assign(
        school_name=[packet.unit_name(str(school)) for school in table["school_id"]],
        option=option.letter,
        state=imprint.state,
        plan_id=imprint.plan_id,
        made=imprint.day.isoformat(),
    )


def _views(packet: Packet) -> Iterator[_View]:
    for level in packet.scenes:
        yield _View(TODAY, level, packet.today[level], packet.today_imprint)
        for option in packet.options:
            if level in option.plan.levels:
                owner = packet.proposed[option.letter, level]
                yield _View(option.letter, level, owner, option.imprint.at(level))


def _count(packet: Packet, figures: Figures, view: _View, owner: str) -> Figure:
    """Return the students of a zone; unknown where its building teaches another level too."""
    if packet.teaches_more(view.level, owner):
        return Figure()
    one = figures.get(view.letter, "students", "school", owner)
    if one.is_known or one.hidden or "+" not in owner:
        return one
    parts = [figures.get(view.letter, "students", "school", s) for s in owner.split("+")]
    if any(part.hidden or part.side for part in parts):
        return HIDDEN
    return Figure(sum(part.value for part in parts))


def _zones(packet: Packet, figures: Figures, view: _View) -> gpd.GeoDataFrame:
    """Return the zones of a view, in full detail, without gaps or overlaps.

    A Shapefile cuts names of columns after ten letters: these have no more.
    """
    shapes = dissolve(packet.drawing, view.owner)
    counts = [_count(packet, figures, view, str(owner)) for owner in shapes.index]
    table = {
        "zone": [str(owner) for owner in shapes.index],
        "schools": [packet.unit_name(str(owner)) for owner in shapes.index],
        "level": view.level,
        "option": view.letter or "today",
        "state": view.imprint.state,
        "plan_id": view.imprint.plan_id,
        "made": view.imprint.day.isoformat(),
        "students": np.array([count.value for count in counts], dtype=np.float64),
        "hidden": ["yes" if count.hidden else "no" for count in counts],
    }
    zones = gpd.GeoDataFrame(table, geometry=np.asarray(shapes.array), crs=shapes.crs)
    return zones.to_crs(packet.district.map_crs)
