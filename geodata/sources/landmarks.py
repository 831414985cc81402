"""Addresses, streets and water of a district: what maps and look-ups show beside the blocks.

They decide nothing, so they are no part of the `District` and of its digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS

from geodata.config import DistrictConfig
from geodata.config_landmarks import AddressesConfig, LinesConfig
from geodata.errors import DataError, Fault, fatal
from geodata.sources.cells import Cells
from geodata.sources.district_toml import read_config
from geodata.sources.files import Files
from geodata.sources.points import points_in, read_points, read_shapes

__all__ = ["Landmarks", "read_landmarks"]


@dataclass(frozen=True)
class Landmarks:
    """Addresses and lines of a district.

    Parameters
    ----------
    addresses : DataFrame
        `address`, `x_m`, `y_m` [m]; empty where the district gives none.
    lines : GeoDataFrame
        `kind`, `name` (may be empty), geometry; empty where the district gives none.
    """

    addresses: pd.DataFrame
    lines: gpd.GeoDataFrame


def read_landmarks(path: str | Path, crs: str | None) -> Landmarks:
    """Read the addresses and lines a district file names.

    Parameters
    ----------
    path : str or Path
        A ``district.toml``, or the folder it is in.
    crs : str or None
        Metric system of the district; without it there is nothing to draw on.

    Raises
    ------
    DataError
        With every fault of these files.
    """
    toml = Path(path)
    toml = toml / "district.toml" if toml.is_dir() else toml
    config, faults = read_config(toml)
    if config is None:
        raise DataError(faults)
    files = Files(toml.parent, faults)
    system = None if crs is None else CRS.from_user_input(crs)
    found = Landmarks(_addresses(config.addresses, files, system), _lines(config, files, system))
    if any(fault.is_fatal for fault in faults):
        raise DataError(faults)
    return found


def _addresses(section: AddressesConfig | None, files: Files, crs: CRS | None) -> pd.DataFrame:
    empty = pd.DataFrame({"address": [], "x_m": [], "y_m": []}).astype({"address": object})
    raw = None if section is None or crs is None else files.read(section, "addresses")
    if section is None or raw is None:
        return empty
    cells = Cells(raw, "addresses", files.faults)
    text = cells.texts(section.address, "address")
    if text is None:
        number, street = (
            cells.texts(section.number, "number"),
            cells.texts(section.street, "street"),
        )
        if number is None or street is None:
            files.faults.append(_no_text(raw.label))
            return empty
        text = number.fillna("").astype(str) + " " + street.fillna("").astype(str)
    points = points_in(read_points(section, cells), crs, len(raw.frame))
    table = pd.DataFrame({"address": text.to_numpy(), "x_m": points[:, 0], "y_m": points[:, 1]})
    known = table["address"].notna().to_numpy() & np.isfinite(points).all(axis=1)
    table = table[known].assign(address=lambda t: t["address"].astype(str).str.strip())
    return table[table["address"] != ""].sort_values("address", kind="stable", ignore_index=True)


def _lines(config: DistrictConfig, files: Files, crs: CRS | None) -> gpd.GeoDataFrame:
    parts = [] if crs is None else [_layer(section, files, crs) for section in config.lines]
    known = [part for part in parts if part is not None and len(part)]
    if not known:
        return gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[], crs=crs)
    return gpd.GeoDataFrame(pd.concat(known, ignore_index=True), geometry="geometry", crs=crs)


def _layer(section: LinesConfig, files: Files, crs: CRS) -> gpd.GeoDataFrame | None:
    raw = files.read(section, "lines")
    if raw is None:
        return None
    cells = Cells(raw, "lines", files.faults)
    shapes = read_shapes(section.crs, cells)
    if shapes is None:
        return None
    names = cells.texts(section.name, "name")
    text = "" if names is None else names.fillna("").astype(str).to_numpy()
    drawn = shapes.to_crs(crs)
    table = gpd.GeoDataFrame(
        {"kind": section.kind, "name": text}, geometry=np.asarray(drawn.array), crs=crs
    )
    return table[~(table.geometry.isna() | table.geometry.is_empty)]


def _no_text(label: str) -> Fault:
    return fatal(
        "addresses_without_text",
        label,
        "has no address to look up",
        why="families type an address",
        do='state address = "column", or number and street',
    )
