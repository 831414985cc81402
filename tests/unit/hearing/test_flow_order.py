"""The order of a table of flows tells nothing that is hidden."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from planner.hearing.figures import HIDDEN, Figure
from planner.hearing.tables import flow_table

FLOWS = {"B": 45.0, "C": 44.0, "D": 44.0, "E": 9.0}


def order_of(shown: set[str], blocks: dict[str, int]) -> list[str]:
    """Return to which schools the rows lead, where only some numbers are shown."""
    moves = pd.DataFrame(
        {"level": "elementary", "from_school": "A", "to_school": list(FLOWS),
         "students": list(FLOWS.values()), "blocks": [blocks[to] for to in FLOWS]}
    )  # fmt: skip
    packet = SimpleNamespace(unit_name=str)
    figures = SimpleNamespace(
        flow=lambda letter, level, before, to: Figure(FLOWS[to]) if to in shown else HIDDEN
    )
    option = SimpleNamespace(letter="A", run=SimpleNamespace(moves=moves))
    return [row[1].text for row in flow_table(packet, figures, option, "elementary").rows]


def test_rows_stand_in_the_order_of_what_is_shown() -> None:
    """Students first, as far as they are shown; then blocks, which are."""
    blocks = {"B": 1, "C": 2, "D": 3, "E": 9}
    assert order_of(set(FLOWS), blocks) == ["B", "D", "C", "E"]
    assert order_of({"B", "D"}, blocks) == ["B", "D", "E", "C"]
