"""Addresses are found under their street, also where the street's name is a number."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from planner.hearing import lookup


@pytest.mark.parametrize(
    ("text", "street", "number"),
    [
        ("112 5th Ave", "5th Ave", "112"),
        ("12 Oak Street", "Oak Street", "12"),
        ("7B 2nd Street", "2nd Street", "7B"),
        ("12 N Oak Street", "N Oak Street", "12"),
        ("120 K Street", "K Street", "120"),
        ("34-20 Oak Street", "Oak Street", "34-20"),
        ("Old Mill", "Old Mill", ""),
    ],
)
def test_an_address_is_a_number_of_its_street(text: str, street: str, number: str) -> None:
    """The house that is typed is the house that is shown."""
    blocks = gpd.GeoSeries([box(0, 0, 100, 100)], index=["001"], crs="EPSG:26918")
    table = pd.DataFrame({"address": [text], "x_m": [50.0], "y_m": [50.0]})
    assert lookup._addresses(table, blocks) == {street: [[number, 0]]}
