"""``planner check``: what is wrong with a district's files, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.commands.terminal import BAD_INPUT, AsJson, answer, end, speaking, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata import District

DistrictFile = Annotated[
    Path, typer.Argument(metavar="DISTRICT", help="District file (district.toml) or its folder.")
]


@speaking
def check(district: DistrictFile, as_json: AsJson = False) -> None:
    """Tell every fault of a district's files.

    Fatal faults must be corrected (exit code 2); with warnings, the district can be planned.
    Counts are in students, seats in seats, lengths in metres [m].

    Example: planner check my_district/district.toml
    """
    from geodata import check_district
    from geodata.errors import counted

    report = check_district(district)
    if as_json:
        write_json(report.describe())
    else:
        for fault in report.faults:
            answer(f"{'FATAL  ' if fault.is_fatal else 'warning'} {fault}")
        fatal, warned = len(report.fatal), len(report.warnings)
        answer(f"{counted(fatal, 'fatal fault')}, {counted(warned, 'warning')}")
        if report.district is not None:
            answer(_facts(report.district))
    if not report.is_usable:
        end(BAD_INPUT)


def _expected(district: District) -> Iterator[tuple[int, str]]:
    """Yield each year of the forecast, and the students of the levels it counts."""
    for year, counts in sorted(district.forecasts.items()):
        known = [name for name in district.levels if counts.has(level=name)]
        sums = {name: counts.count(level=name).sum() for name in known}
        told = [f"{name} {'unknown' if n != n else f'{n:,.0f}'}" for name, n in sums.items()]
        yield year, f"{', '.join(told)} students" if told else "no level is counted"


def _facts(district: District) -> str:
    from geodata.errors import counted

    facts = district.describe()
    area = facts["area_km2"]
    of_area = "of unknown area" if area is None else f"of {area:,.4g} km² in all"
    lines = [
        f"{facts['name']}: {counted(facts['blocks'], 'block')} {of_area}, "
        f"{counted(facts['schools'], 'school')}, {counted(facts['borders'], 'border')}, travel by "
        f"{facts['travel']}",
        f"  measured in {_system(facts['crs'])}",
    ]
    for name, level in facts["levels"].items():
        told = counted(round(level["students_known"]), "student")
        if unknown := level["blocks_with_unknown_students"]:
            is_none = unknown == facts["blocks"]
            more = f"{told} and those of {counted(unknown, 'block')} unknown"
            told = "unknown students" if is_none else more
        lines.append(
            f"  {name} ({level['grades']}): {told}, "
            f"{counted(level['schools_open_with_zone'], 'open school')} with a zone, "
            f"{counted(level['blocks_with_zone_today'], 'block')} in a zone today"
        )
    lines += [f"  expected in {year}: {told}" for year, told in _expected(district)]
    if facts["estimated"]:
        lines.append(f"  counts are estimated: {facts['proxy'] or 'see the provenance'}")
    elif facts["proxy"]:
        lines.append(f"  counts stand in for students: {facts['proxy']}")
    return "\n".join(lines)


def _system(crs: str | None) -> str:
    """Return the code and the name of the system that lengths and areas are measured in."""
    if crs is None:
        return "no coordinate system: there are no places, only what the files say of them"
    from pyproj import CRS

    return f"{crs} ({CRS.from_user_input(crs).name})"
