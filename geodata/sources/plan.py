"""Read today's plan: columns of the blocks, tables, or zone polygons."""

from __future__ import annotations

import pandas as pd

from geodata.config import DistrictConfig
from geodata.grades import GradeSpan
from geodata.sources.blocks import BlocksRead
from geodata.sources.cells import Cells
from geodata.sources.files import Files
from geodata.sources.plan_reader import PlanReader
from geodata.sources.plan_rows import empty_plan, plan_table, with_spans
from geodata.sources.schools import SchoolsRead

__all__ = ["read_plan"]


def read_plan(
    config: DistrictConfig, files: Files, blocks: BlocksRead, schools: SchoolsRead
) -> pd.DataFrame:
    """Read every section of today's plan into one table, as in `District.current`."""
    reader = PlanReader(
        levels={name: GradeSpan.parse(text) for name, text in config.levels.items()},
        block=config.blocks.id,
        blocks=blocks,
        schools=schools,
    )
    parts, labels = [], []
    for number, section in enumerate(config.plan, start=1):
        what = "plan" if len(config.plan) == 1 else f"plan #{number}"
        raw = files.read(section, what, instead=config.blocks)
        if raw is None:
            continue
        cells = Cells(raw, what, files.faults)
        read = reader.zones if section.kind == "zones" else reader.table
        rows = read(section, cells)
        if rows is not None:
            parts.append(with_spans(rows, reader.levels, raw.label, files.faults))
            labels.append(raw.label)
    if not parts:
        return empty_plan()
    return plan_table(pd.concat(parts), ", ".join(dict.fromkeys(labels)), files.faults)
