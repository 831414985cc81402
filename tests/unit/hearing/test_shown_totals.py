"""What the public can work out from shown totals is not called hidden."""

from __future__ import annotations

import math

import pytest

from geodata.reserved import ALL
from planner.disclosure import Release
from planner.disclosure.areas import Areas
from planner.hearing.figures import TODAY, Figures
from planner.hearing.packet import Packet

LEVEL = "elementary"


def public(packet: Packet, *, without: str = "") -> Figures:
    """Return public figures that show today's students of every school, but for one."""
    table = packet.options[0].run.metrics
    rows = table[(table["metric"] == "students") & (table["scope"] == "school")]
    rows = rows[rows["group"] == ALL].set_index("id")["baseline"]
    values = {
        (TODAY, "students", "school", str(school), ALL): float(students)
        for school, students in rows.items()
        if school != without and not math.isnan(students)
    }
    return Figures(packet, Release(values, {}, {}, frozenset(), (), 10.0, Areas(())))


@pytest.mark.parametrize(
    "metric", ["utilization_highest", "utilization_lowest", "students_over_capacity", "size_spread"]
)
def test_a_figure_of_shown_totals_is_shown_and_only_then(packet: Packet, metric: str) -> None:
    """One hidden total hides it again, and a plan whose totals are not shown has none."""
    inside = Figures(packet).get(TODAY, metric, "level", LEVEL)
    assert inside.is_known
    assert public(packet).get(TODAY, metric, "level", LEVEL) == inside
    school = next(s for s in packet.schools.index if packet.serves(LEVEL, TODAY, str(s)))
    assert public(packet, without=str(school)).get(TODAY, metric, "level", LEVEL).hidden
    assert public(packet).get("A", metric, "level", LEVEL).hidden
