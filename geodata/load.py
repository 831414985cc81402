"""From a district file to a checked district."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from geodata.check import district_faults
from geodata.config import DistrictConfig
from geodata.config_basics import FileConfig
from geodata.crs import CRS_CODES, name_of
from geodata.district import District, Level, Provenance
from geodata.errors import DataError, Fault
from geodata.follow_on import without_consequences
from geodata.grades import GradeSpan
from geodata.places import containing_blocks
from geodata.rest import look_at_the_rest
from geodata.sources.blocks import BlocksRead, read_blocks
from geodata.sources.district_toml import read_config
from geodata.sources.files import Files
from geodata.sources.links import read_graph
from geodata.sources.plan import read_plan
from geodata.sources.schools import SchoolsRead, read_schools
from geodata.sources.students import read_forecasts, read_students
from geodata.sources.travel_file import read_travel

__all__ = ["CheckReport", "check_district", "load_district"]


@dataclass(frozen=True)
class CheckReport:
    """What a check of a district's files found.

    Parameters
    ----------
    path : Path
        The district file.
    faults : tuple of Fault
        Every fault of every file, fatal ones first.
    district : District or None
        None where a fault is fatal.
    """

    path: Path
    faults: tuple[Fault, ...]
    district: District | None

    @property
    def is_usable(self) -> bool:
        """Whether the district can be planned with."""
        return self.district is not None

    @property
    def fatal(self) -> tuple[Fault, ...]:
        """The faults that make the district unusable."""
        return tuple(fault for fault in self.faults if fault.is_fatal)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The faults the district can be planned with."""
        return tuple(fault for fault in self.faults if not fault.is_fatal)

    def describe(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        sources = {} if self.district is None else self.district.provenance
        return {
            "path": str(self.path),
            "ok": self.is_usable,
            "fatal": len(self.fatal),
            "warnings": len(self.warnings),
            "faults": [fault.to_dict() for fault in self.faults],
            "district": None if self.district is None else self.district.describe(),
            "provenance": {name: dataclasses.asdict(item) for name, item in sources.items()},
        }


def load_district(path: str | Path) -> District:
    """Read a district; its warnings stay with it as ``faults``.

    Parameters
    ----------
    path : str or Path
        A ``district.toml``, or the folder it is in.

    Raises
    ------
    DataError
        With every fault of every file, where one of them is fatal.
    """
    report = check_district(path)
    if report.district is None:
        raise DataError(report.faults)
    return report.district


def check_district(path: str | Path) -> CheckReport:
    """Read a district and report every fault of every file."""
    toml = Path(path)
    toml = toml / "district.toml" if toml.is_dir() else toml
    config, faults = read_config(toml)
    district = None if config is None else _assemble(config, toml.parent, faults)
    ordered = tuple(
        sorted(dict.fromkeys(without_consequences(faults)), key=lambda fault: not fault.is_fatal)
    )
    if any(fault.is_fatal for fault in ordered):
        return CheckReport(toml, ordered, None)
    kept = None if district is None else dataclasses.replace(district, faults=ordered)
    return CheckReport(toml, ordered, kept)


def _assemble(config: DistrictConfig, folder: Path, faults: list[Fault]) -> District | None:
    """Read every part; None where too little could be read to go on."""
    files = Files(folder, faults)
    blocks = read_blocks(config, files)
    if blocks is None:
        look_at_the_rest(config, files, None)
        return None
    students = read_students(config, files, blocks)
    forecasts = read_forecasts(config, files, blocks)
    graph = read_graph(config, files, blocks)
    schools = read_schools(config, files, blocks)
    if schools is None:
        look_at_the_rest(config, files, blocks)
        return None
    schools = _placed(schools, blocks)
    current = read_plan(config, files, blocks, schools)
    travel = read_travel(config, files, blocks, schools)
    if graph is None:
        return None
    district = District(
        name=config.name,
        crs=None if blocks.crs is None else name_of(blocks.crs),
        levels={name: Level(name, GradeSpan.parse(span)) for name, span in config.levels.items()},
        blocks=blocks.frame,
        geometry=blocks.geometry,
        students=students,
        forecasts=forecasts,
        schools=schools.frame,
        current=current,
        graph=graph,
        travel=travel,
        provenance=_provenance(config, files),
        faults=tuple(faults),
        file_crs=None if blocks.file_crs is None else blocks.file_crs.to_string(),
    )
    is_placed = not any(fault.is_fatal and fault.code in CRS_CODES for fault in faults)
    faults += district_faults(district, _labels(config, blocks, schools), is_placed=is_placed)
    return district


def _placed(schools: SchoolsRead, blocks: BlocksRead) -> SchoolsRead:
    """Say which block each school stands in, where the file does not."""
    frame = schools.frame
    if blocks.geometry is None:
        return schools
    points = frame[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    found = np.array(containing_blocks(points, blocks.geometry), dtype=object)
    stated = frame["block_id"].to_numpy(dtype=object)
    block_id = np.where(stated == "", found, stated)
    return SchoolsRead(schools.label, frame.assign(block_id=block_id).astype({"block_id": "str"}))


def _sections(config: DistrictConfig) -> list[tuple[str, FileConfig]]:
    """Return every section with a file, by name."""
    single = {"blocks": config.blocks, "borders": config.borders, "travel": config.travel}
    sections: list[tuple[str, FileConfig]] = [
        (name, section) for name, section in single.items() if section is not None
    ]
    for name, several in (
        ("students", config.students),
        ("forecast", config.forecast),
        ("schools", config.schools),
        ("plan", config.plan),
        ("bridges", config.bridges),
        ("barriers", config.barriers),
    ):
        for number, section in enumerate(several, start=1):
            sections.append((name if len(several) == 1 else f"{name} #{number}", section))
    return sections


def _labels(config: DistrictConfig, blocks: BlocksRead, schools: SchoolsRead) -> dict[str, str]:
    """Return the file names of the parts, for messages."""

    def names(sections: list[FileConfig], other: str) -> str:
        found = [Path(section.file).name if section.file else other for section in sections]
        return ", ".join(dict.fromkeys(found)) or other

    plans = list(config.plan)
    return {
        "blocks": blocks.label,
        "students": names(list(config.students), blocks.label),
        "forecast": names(list(config.forecast), blocks.label),
        "schools": schools.label,
        "travel": names([config.travel], "travel"),
        **{
            f"plan {level}": names([p for p in plans if p.for_level in (None, level)], blocks.label)
            for level in config.levels
        },
    }


def _provenance(config: DistrictConfig, files: Files) -> dict[str, Provenance]:
    found = {}
    for name, section in _sections(config):
        stated = section.provenance
        path = files.path(section)
        if path is None and name.split()[0] in {"students", "forecast", "plan"}:
            path = files.path(config.blocks)
        if path is None and stated == type(stated)():
            continue
        found[name] = Provenance(
            source=stated.source,
            vintage=stated.year,
            retrieved=stated.retrieved,
            licence=stated.licence,
            path=section.file or (config.blocks.file or "" if path is not None else ""),
            sha256=files.sha256(path) if path is not None and path.is_file() else "",
            method=stated.method,
            estimated=stated.estimated or bool(getattr(section, "estimated", False)),
        )
    return found
