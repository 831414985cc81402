"""A map shows every school it numbers, also one that stands outside the blocks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from planner.hearing.maps import draw_zones
from planner.hearing.packet import Packet
from planner.hearing.payload import payload
from planner.hearing.scene import Scene


def with_school_outside(scene: Scene, sides: float) -> Scene:
    """Return the scene with its first school so many sides of the district west of it."""
    west, _, east, _ = scene.blocks.total_bounds
    schools = scene.schools.copy()
    schools.loc[schools.index[0], "x_m"] = west - sides * (east - west)
    return replace(scene, schools=schools)


def test_a_poster_reaches_to_a_school_outside(packet: Packet) -> None:
    """The frame holds the disc of a school in the next town, with room around it."""
    scene = with_school_outside(packet.scenes["elementary"], 0.3)
    ax = Figure().add_subplot()
    draw_zones(ax, scene, packet.today["elementary"])
    assert ax.get_xlim()[0] < scene.schools["x_m"].min()


def test_a_school_placed_by_mistake_does_not_shrink_the_map(packet: Packet) -> None:
    """Farther away than the district is wide, it is left outside."""
    scene = packet.scenes["elementary"]
    assert with_school_outside(scene, 5).bounds == scene.bounds


def test_the_page_is_told_what_to_show(packet: Packet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each level has its frame, in degrees, around the blocks and its own schools."""
    scene = packet.scenes["elementary"]
    outside = with_school_outside(scene, 0.3)
    told = {}
    for name, each in (("inside", scene), ("outside", outside)):
        monkeypatch.setitem(packet.__dict__, "scenes", {**packet.scenes, "elementary": each})
        told[name] = payload(packet)["levels"][0]
    assert told["outside"]["frame"][0] < told["inside"]["frame"][0]
    for _, _, _, _, lon, lat in told["outside"]["schools"]:
        west, south, east, north = told["outside"]["frame"]
        assert west - 1e-3 <= lon <= east + 1e-3
        assert south - 1e-3 <= lat <= north + 1e-3
