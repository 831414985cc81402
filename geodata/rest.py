"""What can be told of the other files where the blocks, the schools or a key cannot be read."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geodata.config import DistrictConfig
from geodata.config_basics import FileConfig
from geodata.errors import Fault
from geodata.sources.blocks import BlocksRead
from geodata.sources.files import Files
from geodata.sources.plan import read_plan
from geodata.sources.schools import SchoolsRead, read_schools
from geodata.sources.students import read_forecasts, read_students
from geodata.sources.travel_file import read_travel

__all__ = ["look_at_the_rest"]

OF_ONE_FILE = frozenset(
    {
        "column_missing",
        "config_value",
        "count_negative",
        "count_not_numeric",
        "file_empty",
        "file_encoding",
        "file_missing",
        "file_not_named",
        "file_unreadable",
        "flag_unreadable",
        "grade_unreadable",
        "id_duplicate",
        "id_missing",
        "level_unknown",
        "person_level",
        "students_twice",
    }
)
"""Faults of a file by itself; the others compare it with files that could not be read."""


def look_at_the_rest(config: DistrictConfig, files: Files, blocks: BlocksRead | None) -> None:
    """Tell the faults that each other file has by itself.

    Parameters
    ----------
    config : DistrictConfig
    files : Files
        Its faults grow.
    blocks : BlocksRead or None
        The blocks, where only the schools could not be read.
    """
    kept = files.faults
    files.faults = []
    if blocks is None:
        config = _without_blocks_file(config)
        blocks = _no_blocks()
        read_students(config, files, blocks)
        read_forecasts(config, files, blocks)
    schools = read_schools(config, files, blocks) or _no_schools()
    read_plan(config, files, blocks, schools)
    read_travel(config, files, blocks, schools)
    links: list[tuple[str, Sequence[FileConfig]]] = [
        ("borders", [config.borders] if config.borders else []),
        ("bridges", config.bridges),
        ("barriers", config.barriers),
    ]
    for what, sections in links:
        for section in sections:
            if section.file is not None:
                files.read(section, what)
    kept += [fault for fault in files.faults if _is_its_own(fault)]
    files.faults = kept


def _is_its_own(fault: Fault) -> bool:
    return fault.code in OF_ONE_FILE


def _without_blocks_file(config: DistrictConfig) -> DistrictConfig:
    """Leave out the sections that read columns of the blocks file."""
    return config.model_copy(
        update={
            "students": [section for section in config.students if section.file is not None],
            "forecast": [section for section in config.forecast if section.file is not None],
            "plan": [section for section in config.plan if section.file is not None],
        }
    )


def _no_blocks() -> BlocksRead:
    index = pd.Index([], name="block_id", dtype="str")
    frame = pd.DataFrame({"x_m": [], "y_m": [], "area_m2": [], "perimeter_m": []}, index=index)
    return BlocksRead("the blocks", frame.astype(float), None, None)


def _no_schools() -> SchoolsRead:
    columns = ["name", "level", "grade_low", "grade_high", "block_id"]
    index = pd.Index([], name="school_id", dtype="str")
    frame = pd.DataFrame({column: pd.Series([], dtype="str") for column in columns}, index=index)
    return SchoolsRead("the schools", frame.assign(x_m=0.0, y_m=0.0))
