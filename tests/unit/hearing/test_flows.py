"""The picture of who goes where shows every name in full."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd

from planner.hearing.figures import Figures
from planner.hearing.flows import flow_picture
from planner.hearing.labels import text_size
from planner.hearing.packet import Packet
from planner.hearing.words import load_words

LONG = "Francisco Xavier de la Vega Memorial Community Elementary School of the Arts"


def test_long_names_are_broken_into_lines(packet: Packet) -> None:
    """Nothing is cut off at either side, however long a school's name is."""
    schools = packet.district.schools.assign(name=LONG)
    schools["name"] = pd.Series(schools["name"], dtype=str) + " " + schools.index
    long = replace(packet, district=replace(packet.district, schools=schools))
    picture = flow_picture(
        load_words("en"), long, Figures(long), long.options[0], long.levels[0]
    )  # fmt: skip
    found = re.findall(r'<tspan x="(\d+)" y="[\d.]+">([^<]+)</tspan>', picture)
    assert len({text for _, text in found}) > 3
    for _, text in found:
        assert text_size(text, 15.0, bold=False)[0] <= 240
    words = " ".join(text for _, text in found)
    assert "Memorial" in words
