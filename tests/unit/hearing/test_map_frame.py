"""A map shows every school it numbers, also one that stands outside the blocks."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from matplotlib.figure import Figure

from planner.hearing.maps import draw_zones
from planner.hearing.packet import Packet
from planner.hearing.payload import payload
from planner.hearing.scene import Scene
from planner.hearing.zone_maps import draw_zone_map, zone_change


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


def test_a_close_up_holds_its_school_and_cuts_no_mark(packet: Packet) -> None:
    """Also a school outside of its zone; what is drawn of a mark lies whole in the window."""
    scene, today = packet.scenes["elementary"], packet.today["elementary"]
    owners = today.unique()
    assert len(owners) > 1
    for owner in owners:
        west, _, east, _ = scene.blocks[today[today == owner].index].total_bounds
        schools = scene.schools.copy()
        schools.loc[owner, "x_m"] = west - 0.3 * (east - west)
        ax = Figure().add_axes((0, 0, 1, 1))
        draw_zone_map(ax, replace(scene, schools=schools), zone_change(owner, today, today), today)
        (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
        window = shapely.box(west, south, east, north)
        drawn = shapely.points(
            [line.get_xydata()[0] for line in ax.lines if line.get_marker() == "o"]
        )
        assert shapely.covers(window, shapely.buffer(drawn, 0.015 * (east - west))).all()
        own = shapely.Point(*schools.loc[owner, ["x_m", "y_m"]])
        assert shapely.dwithin(drawn, own, 1.0).any()
