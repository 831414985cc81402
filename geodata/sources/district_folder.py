"""Write a district as a folder of plain files that `load_district` reads back the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geodata.district import BLOCK_COLUMNS, SCHOOL_COLUMNS, District, Provenance
from geodata.errors import DataError
from geodata.grades import GRADES
from geodata.graph import graph_from_polygons
from geodata.reserved import EVERY, POOR
from geodata.sources.toml_text import key, quoted, section
from geodata.students import StudentCounts
from geodata.take_up import ENROLLED
from geodata.travel import straight_line

__all__ = ["write_district"]

_STAMP = {"OGR_CURRENT_DATE": "2000-01-01T00:00:00.000Z"}
_README = """{name}

This folder describes a school district. Start with district.toml: it names every file and what its
columns mean.
{notice}"""


_DRAWN_AS = {
    "street": "street", "main_road": "road", "bridge": "road", "highway": "highway",
    "river": "river", "rail": "rail",
}  # fmt: skip


def write_district(
    district: District,
    folder: str | Path,
    *,
    context: gpd.GeoDataFrame | None = None,
    overwrite: bool = False,
) -> Path:
    """Write ``district.toml`` and the files it names.

    The same district gives the same bytes.  A travel matrix that is no straight line comes back
    with another ``method``: it is read from a file then.

    Parameters
    ----------
    district : District
    folder : str or Path
        Made where it does not exist.
    context : GeoDataFrame, optional
        Lines and areas for maps, with ``kind`` and ``name``: a layer for each kind in
        ``context.gpkg``.
    overwrite : bool
        Whether a district that is there already may be replaced.

    Returns
    -------
    Path
        The ``district.toml``.

    Raises
    ------
    DataError
        Where the folder holds a district already and `overwrite` is not set.
    """
    home = Path(folder)
    toml = home / "district.toml"
    if toml.exists() and not overwrite:
        raise DataError(f"{toml} is there already: choose another folder, or state overwrite")
    home.mkdir(parents=True, exist_ok=True)
    stamp = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options(_STAMP)
    try:
        sections = [
            _head(district),
            _blocks(district, home),
            _students(district, home),
            *_forecasts(district, home),
            _schools(district, home),
            _plan(district, home),
            _travel(district, home),
            _links(district, home),
        ]
        if context is not None:
            sections.append(_context(context, home / "context.gpkg"))
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    toml.write_text("\n".join(part for part in sections if part), encoding="utf-8")
    notice = "\n".join(sorted({item.source for item in district.provenance.values()} - {""}))
    (home / "README.txt").write_text(
        _README.format(name=district.name, notice=notice).rstrip() + "\n", encoding="utf-8"
    )
    return toml


def _head(district: District) -> str:
    lines = [
        "schema = 1",
        f"name = {quoted(district.name)}",
        *([f"crs = {quoted(district.crs)}"] if district.crs else []),
        'isolates = "leave"  # blocks without a border are bridged below',
        "",
        "[levels]",
        *(f"{key(name)} = {quoted(str(level.span))}" for name, level in district.levels.items()),
    ]
    return "\n".join(lines) + "\n"


def _blocks(district: District, home: Path) -> str:
    """Write the blocks: polygons, or a table of points."""
    frame = district.blocks
    extra = [name for name in frame.columns if name not in BLOCK_COLUMNS]
    if district.geometry is not None:
        table = gpd.GeoDataFrame(frame[extra].reset_index(), geometry=district.geometry.array)
        path = home / "blocks.gpkg"
        path.unlink(missing_ok=True)
        pyogrio.write_dataframe(table, path, layer="blocks")
        values: dict[str, Any] = {"file": "blocks.gpkg", "id": "block_id"}
    else:
        frame.to_csv(home / "blocks.csv", lineterminator="\n")
        values = {"file": "blocks.csv", "id": "block_id", "x": "x_m", "y": "y_m"}
        values |= {"crs": district.crs} if district.crs else {}
        values |= {"area_m2": "area_m2", "perimeter_m": "perimeter_m"}
    attributes = {"attributes": {name: name for name in extra}} if extra else {}
    return section("[blocks]", values | _source(district, "blocks") | attributes)


def _students(district: District, home: Path) -> str:
    more = _source(district, "students")
    return _counts(district.students, district.levels, home / "students.csv", "students", more)


def _forecasts(district: District, home: Path) -> Iterator[str]:
    for number, (year, counts) in enumerate(sorted(district.forecasts.items()), start=1):
        name = "forecast" if len(district.forecasts) == 1 else f"forecast #{number}"
        more = {"year": year, "estimated": counts.estimated} | _source(district, name)
        yield _counts(counts, district.levels, home / f"forecast_{year}.csv", "forecast", more)


def _counts(
    counts: StudentCounts, levels: Iterable[str], path: Path, name: str, more: dict[str, Any]
) -> str:
    """Write one column a cell, with names a pattern finds where that is possible."""
    cells = [tuple(map(str, column)) for column in counts.table.columns]
    if not cells:
        return ""
    names = ["_".join(part for part in cell if part != EVERY) or "total" for cell in cells]
    table = counts.table.set_axis(names, axis=1)
    if not (table.to_numpy() % 1).any():
        table = table.astype("Int64")
    table.to_csv(path, lineterminator="\n")
    shared: dict[str, Any] = {"file": path.name, "id": "block_id"}
    flags = {"groups_exhaustive": counts.exhaustive, "estimated": counts.estimated}
    shared |= {name: True for name, is_set in flags.items() if is_set}
    shared |= {"proxy": counts.proxy} if counts.proxy else {}
    shared |= more
    if all(grade in GRADES and group != EVERY for grade, group, _ in cells):
        patterns: dict[str, Any] = {"pattern": "{grade}_{group}", "group_names": counts.groups}
        if any(cell[2] == POOR for cell in cells):
            patterns["poor_pattern"] = "{grade}_{group}_poor"
        return section("[students]" if name == "students" else f"[[{name}]]", shared | patterns)
    parts = []
    for level in [None, *levels]:
        wanted = [
            (cell, name)
            for cell, name in zip(cells, names, strict=True)
            if (cell[0] == level if level else cell[0] in {EVERY, *GRADES})
        ]
        if wanted:
            part = shared | ({"for_levels": [level]} if level else {})
            parts.append(section(f"[[{name}]]", part | {"cells": _cells(wanted, level)}))
    return "\n".join(parts)


def _cells(wanted: list[tuple[tuple[str, ...], str]], level: str | None) -> list[dict[str, Any]]:
    """Say what each column counts."""
    cells = []
    for (grade, group, poverty), name in wanted:
        cell: dict[str, Any] = {"column": name}
        cell |= {"grade": grade} if level is None and grade != EVERY else {}
        cell |= {"group": group} if group != EVERY else {}
        cell |= {"poor": True} if poverty == POOR else {}
        cells.append(cell)
    return cells


def _schools(district: District, home: Path) -> str:
    frame = district.schools
    frame.to_csv(home / "schools.csv", lineterminator="\n")
    extra = [name for name in frame.columns if name not in (*SCHOOL_COLUMNS, ENROLLED)]
    values: dict[str, Any] = {"file": "schools.csv", "id": "school_id", "name": "name"}
    if district.crs:
        values |= {"x": "x_m", "y": "y_m", "crs": district.crs}
    values |= {name: name for name in ("level", "grade_low", "grade_high")}
    values |= {"capacity": "capacity_seats", "open": "is_open", "takes_zone": "takes_zone"}
    values |= {"enrolled": ENROLLED} if ENROLLED in frame.columns else {}
    values |= {"block": "block_id"} | _source(district, "schools")
    attributes = {"attributes": {name: name for name in extra}} if extra else {}
    return section("[schools]", values | attributes)


def _plan(district: District, home: Path) -> str:
    if district.current.empty:
        return ""
    district.current.to_csv(home / "plan.csv", index=False, lineterminator="\n")
    columns = {"block": "block_id", "school": "school_id"}
    columns |= {name: name for name in ("level", "grade_low", "grade_high")}
    return section("[plan]", {"file": "plan.csv"} | columns | _source(district, "plan"))


def _travel(district: District, home: Path) -> str:
    """Write the factor of straight lines, or else the whole matrix."""
    travel = district.travel
    source = _source(district, "travel")
    if travel.detour_factor is not None:
        speed = travel.speed_km_per_h
        values: dict[str, Any] = {"detour_factor": travel.detour_factor}
        values |= {} if speed is None else {"speed_km_per_h": speed}
        values |= {"mode": travel.mode} if travel.mode else {}
        points = [frame[["x_m", "y_m"]].to_numpy(np.float64) for frame in _places(district)]
        again = straight_line(*points, detour_factor=travel.detour_factor, speed_km_per_h=speed)
        if np.array_equal(again.metres, travel.metres, equal_nan=True):
            label = {} if travel.label == again.label else {"label": travel.label}
            return section("[travel]", values | label | source)
    columns = {"metres": travel.metres.ravel()}
    if travel.minutes is not None:
        columns["minutes"] = travel.minutes.ravel()
    pairs = pd.MultiIndex.from_product(
        [district.blocks.index, district.schools.index], names=["block_id", "school_id"]
    )
    table = pd.DataFrame(columns, index=pairs)
    table.to_csv(home / "travel.csv", lineterminator="\n")
    values = {"file": "travel.csv", "block": "block_id", "school": "school_id"}
    values |= {name: name for name in columns} | {"mode": travel.mode, "label": travel.label}
    return section("[travel]", values | source)


def _places(district: District) -> tuple[pd.DataFrame, pd.DataFrame]:
    return district.blocks, district.schools


def _links(district: District, home: Path) -> str:
    """Write bridges, and borders or barriers, so that the same graph comes back."""
    graph, parts = district.graph, []
    names = graph.ids
    bridged = {bridge[:2] for bridge in graph.bridges}
    edges = pd.DataFrame(
        {"from": names[graph.edge_i], "to": names[graph.edge_j], "metres": graph.shared_m}
    )
    real = edges[[pair not in bridged for pair in zip(edges["from"], edges["to"], strict=True)]]
    if district.geometry is None:
        real.to_csv(home / "borders.csv", index=False, lineterminator="\n")
        columns = {"from": "from", "to": "to", "metres": "metres"}
        parts.append(section("[borders]", {"file": "borders.csv"} | columns))
    else:
        whole, _ = graph_from_polygons(names.tolist(), district.geometry, bridge_isolates=False)
        drawn = set(zip(names[whole.edge_i], names[whole.edge_j], strict=True))
        cut = sorted(drawn - set(zip(real["from"], real["to"], strict=True)))
        if cut:
            table = pd.DataFrame(cut, columns=["from", "to"])
            table.to_csv(home / "barriers.csv", index=False, lineterminator="\n")
            values = {"file": "barriers.csv", "from": "from", "to": "to"}
            parts.append(section("[[barriers]]", values))
    for one, other, reason in graph.bridges:
        parts.append(section("[[bridges]]", {"blocks": [one, other], "reason": reason}))
    return "\n".join(parts)


def _context(context: gpd.GeoDataFrame, path: Path) -> str:
    """Write lines and areas for maps, a layer and a section for each kind."""
    path.unlink(missing_ok=True)
    parts = []
    for kind in dict.fromkeys(context["kind"]):
        layer = context[context["kind"] == kind].drop(columns="kind")
        pyogrio.write_dataframe(layer, path, layer=str(kind), promote_to_multi=True, append=False)
        values = {"file": path.name, "layer": str(kind), "name": "name"}
        parts.append(section("[[lines]]", values | {"kind": _DRAWN_AS.get(str(kind), "other")}))
    return "\n".join(parts)


def _source(district: District, part: str) -> dict[str, Any]:
    """Return where a part comes from, as far as it is known."""
    known = district.provenance.get(part, Provenance())
    told = {
        "source": known.source,
        "year": known.vintage,
        "licence": known.licence,
        "retrieved": known.retrieved,
        "method": known.method,
    }
    values: dict[str, Any] = {name: text for name, text in told.items() if text}
    values |= {"estimated": True} if known.estimated else {}
    return {"provenance": values} if values else {}
