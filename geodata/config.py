"""What a district file may say: the keys of ``district.toml``, their meaning and their defaults.

Wherever a column of a file is wanted, a text names the column; a table says more::

    id    = "GEOID"                                        # the column as it is
    id    = { column = "GEOID", width = 12 }               # ids that lost their leading zeros
    level = { column = "type", values = { Elem = "elementary" } }
    open  = { column = "status", values = { O = true, C = false }, default = true }
    level = { value = "elementary" }                       # the same for every row

Unknown keys are errors.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from geodata.config_basics import Column, FileConfig, PointsConfig, Strict
from geodata.config_landmarks import AddressesConfig, LinesConfig
from geodata.config_students import ForecastConfig, StudentsConfig

__all__ = [
    "BlocksConfig",
    "BordersConfig",
    "DistrictConfig",
    "LinkConfig",
    "PlanConfig",
    "SchoolsConfig",
    "TravelConfig",
]


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, dict) else given


class BlocksConfig(PointsConfig):
    """Planning blocks: polygons, or a table of ids.

    Parameters
    ----------
    id : column
    area_m2, perimeter_m : column [m²], [m]
        Only where there is no geometry.
    attributes : table of columns
        Texts to keep with each block, such as its neighbourhood.
    """

    id: Column
    area_m2: Column | None = None
    perimeter_m: Column | None = None
    attributes: dict[str, Column] = Field(default_factory=dict)


class SchoolsConfig(PointsConfig):
    """Schools; several sections may each give some.

    Parameters
    ----------
    id : column
        Without ids in the file, the column with the names.
    name : column
    level : column
        Name of a level; without it, the level the grades fit best.
    grades : column
        ``"K-5"``; or `grade_low` and `grade_high`.  Without them, the grades of the level.
    capacity : column [seats]
    enrolled : column [students]
        Students who attend today, in the grades it has a zone for: residents of the zone who come,
        and all others.  With it, take-up is measured and expected students are estimated.
    open, takes_zone : column of true/false
        Without them, every school is open and takes a zone.
    block : column
        Block the school stands in, where it cannot be found from a point.
    attributes : table of columns
    """

    id: Column
    name: Column | None = None
    level: Column | None = None
    grades: Column | None = None
    grade_low: Column | None = None
    grade_high: Column | None = None
    capacity: Column | None = None
    enrolled: Column | None = None
    open: Column | None = None
    takes_zone: Column | None = None
    block: Column | None = None
    attributes: dict[str, Column] = Field(default_factory=dict)


class PlanConfig(FileConfig):
    """Today's plan of one level, or of some grades of it; or of all levels in one table.

    Parameters
    ----------
    file : str
        Without it, the blocks file.
    kind : {"table", "zones"}
        A table of blocks, or zone polygons.
    block : column
        Block id; without it, as in the blocks file.
    school : column
        School id or name.
    for_level, for_grades : str
        What the whole section is about: a level's name; ``"K-2"``.
    level, grade_low, grade_high : column
        The same, row by row.
    match : {"largest_overlap", "representative_point"}
        How polygons are matched to blocks.
    """

    kind: Literal["table", "zones"] = "table"
    block: Column | None = None
    school: Column
    for_level: str | None = None
    for_grades: str | None = None
    level: Column | None = None
    grade_low: Column | None = None
    grade_high: Column | None = None
    match: Literal["largest_overlap", "representative_point"] = "largest_overlap"


class BordersConfig(FileConfig):
    """Pairs of neighbouring blocks, where there are no polygons.

    Parameters
    ----------
    from, to : column
        Block ids.
    metres : column [m]
        Length of the border; without it, unknown.
    """

    from_: Column = Field(alias="from")
    to: Column
    metres: Column | None = None


class LinkConfig(FileConfig):
    """A bridge or a barrier between two blocks, a table of them, or a layer of lines (barriers).

    Parameters
    ----------
    blocks : list of two block ids
    from, to : column
    reason : str
    reason_column : str
    within_m : float [m]
        How near to a line a border must run to be cut by it.
    """

    blocks: list[str] = Field(default_factory=list)
    from_: Column | None = Field(default=None, alias="from")
    to: Column | None = None
    reason: str = ""
    reason_column: str | None = None
    within_m: float = Field(default=15.0, gt=0)


class TravelConfig(FileConfig):
    """Ways: straight line times a stated factor, or a matrix from a file.

    Parameters
    ----------
    detour_factor : float
        Straight lines are this much longer; with a matrix of minutes only, it gives the metres.
    speed_km_per_h : float [km/h]
        Turns straight-line metres into minutes.
    mode, label : str
    form : {"long", "wide"}
        One row a block and school, or one row a block and one column a school.
    block, school, metres, kilometres, minutes, seconds : column
        Of a long table (`block` of a wide one as well).
    unit : {"metres", "kilometres", "minutes", "seconds"}
        Of a wide table.
    """

    detour_factor: float | None = Field(default=None, ge=1)
    speed_km_per_h: float | None = Field(default=None, gt=0)
    mode: str = ""
    label: str = ""
    form: Literal["long", "wide"] = "long"
    block: Column | None = None
    school: Column | None = None
    metres: Column | None = None
    kilometres: Column | None = None
    minutes: Column | None = None
    seconds: Column | None = None
    unit: Literal["metres", "kilometres", "minutes", "seconds"] = "metres"


class DistrictConfig(Strict):
    """A district file.

    Parameters
    ----------
    schema : 1
        A number: which keys are meant.
    name : str
    crs : str
        Metric coordinate system to measure in; without it, the UTM zone of the blocks.
    levels : table of grade spans
        ``elementary = "K-5"``.
    isolates : {"nearest", "leave"}
        Whether blocks without any border are bridged to the nearest block (with a warning).
    blocks, students, forecast, schools, plan, borders, travel, bridges, barriers : sections
        `students`, `forecast`, `schools`, `plan`, `bridges` and `barriers` may be repeated:
        ``[[plan]]``.
    addresses, lines : sections
        For maps and look-ups only; `lines` (streets, rivers) may be repeated.
    """

    schema_: Literal[1] = Field(default=1, alias="schema")
    name: str
    crs: str | None = None
    levels: dict[str, str] = Field(min_length=1)
    isolates: Literal["nearest", "leave"] = "nearest"
    blocks: BlocksConfig
    students: Annotated[list[StudentsConfig], BeforeValidator(_as_list)] = Field(
        default_factory=list
    )
    forecast: Annotated[list[ForecastConfig], BeforeValidator(_as_list)] = Field(
        default_factory=list
    )
    schools: Annotated[list[SchoolsConfig], BeforeValidator(_as_list)] = Field(min_length=1)
    plan: Annotated[list[PlanConfig], BeforeValidator(_as_list)] = Field(default_factory=list)
    borders: BordersConfig | None = None
    travel: TravelConfig = Field(default_factory=TravelConfig)
    bridges: Annotated[list[LinkConfig], BeforeValidator(_as_list)] = Field(default_factory=list)
    barriers: Annotated[list[LinkConfig], BeforeValidator(_as_list)] = Field(default_factory=list)
    addresses: AddressesConfig | None = None
    lines: Annotated[list[LinesConfig], BeforeValidator(_as_list)] = Field(default_factory=list)
