"""Maps to hang up, and zones to load elsewhere: pictures, GeoPackage, GeoJSON, Shapefile, CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from planner.plan import write_plan
from planner.report.figures import TODAY, Figures
from planner.report.imprint import Imprint
from planner.report.packet import Packet
from planner.report.poster import draw_poster, save_poster
from planner.report.words import Words
from planner.report.zones import dissolve

__all__ = ["write_gis", "write_posters"]

_DEGREES = 4326
_SHORT = {  # a shapefile holds ten letters a field
    "zone": "zone", "schools": "schools", "level": "level", "option": "option",
    "state": "state", "plan_id": "plan_id", "made": "made", "students": "students",
}  # fmt: skip


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
        return f"{self.level}_{label}".replace(" ", "_")


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
            written += save_poster(poster, folder / name)
    return written


def write_gis(folder: Path, packet: Packet, figures: Figures) -> list[Path]:
    """Write zones as layers, and every plan as a table of blocks and schools.

    ``zones.gpkg`` has a layer for each level and plan, in the district's coordinates; GeoJSON is
    in longitude and latitude; the Shapefile's fields have at most ten letters.
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
        zones.rename(columns=_SHORT).to_file(shapes / f"{view.name}.shp", encoding="UTF-8")
        written += [geojson, shapes / f"{view.name}.shp"]
    for option in packet.options:
        path = folder / f"blocks_option_{option.letter}.csv"
        write_plan(option.plan, path)
        written.append(path)
    return written


def _views(packet: Packet) -> Iterator[_View]:
    for level in packet.scenes:
        yield _View(TODAY, level, packet.today[level], packet.today_imprint)
        for option in packet.options:
            if level in option.plan.levels:
                owner = packet.proposed[option.letter, level]
                yield _View(option.letter, level, owner, option.imprint)


def _zones(packet: Packet, figures: Figures, view: _View) -> gpd.GeoDataFrame:
    """Return the zones of a view, in full detail, without gaps or overlaps."""
    shapes = dissolve(packet.drawing, view.owner)
    students = [
        figures.get(view.letter, "students", "school", str(owner)).value for owner in shapes.index
    ]
    table = {
        "zone": [str(owner) for owner in shapes.index],
        "schools": [packet.unit_name(str(owner)) for owner in shapes.index],
        "level": view.level,
        "option": view.letter or "today",
        "state": view.imprint.state,
        "plan_id": view.imprint.plan_id,
        "made": view.imprint.day.isoformat(),
        "students": np.array(students, dtype=np.float64),
    }
    return gpd.GeoDataFrame(table, geometry=np.asarray(shapes.array), crs=shapes.crs)
