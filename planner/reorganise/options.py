"""The kinds of option a structures file may list, each a plain dataclass of its keys.

An option says how students are organised: as today, by spans that are given, or by something that
is searched for.  `base` names the option whose zones it starts from (today's by default).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

__all__ = [
    "OPTIONS",
    "Bands",
    "BandsRedrawn",
    "Clusters",
    "Given",
    "Nearest",
    "Option",
    "Redrawn",
    "TodayOption",
]


@dataclass(frozen=True, slots=True)
class TodayOption:
    """Today's schools, zones and spans."""

    kind: ClassVar[str] = "today"
    name: str = "Today"


@dataclass(frozen=True, slots=True)
class Given:
    """Spans that somebody states.

    Parameters
    ----------
    name : str
    spans : mapping of school to span
        One building a grade for the whole district, such as ``{ west = "K-1" }``.
    rows : tuple of mapping
        Or rows with ``zone`` (lead school of a zone of the base, or ``*``), ``grades``, ``school``.
    file : str
        Or a CSV with these three columns.
    base : str
        Option whose zones the rows name.
    """

    kind: ClassVar[str] = "given"
    name: str
    spans: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Mapping[str, str], ...] = ()
    file: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Neighbourhood schools: every block goes to the nearest school that serves the grade.

    Parameters
    ----------
    name : str
    spans : mapping of school to span
        Grades of each school; schools not named stay out.
    within_seats : bool
        Whether schools are handicapped until each holds its students.
    """

    kind: ClassVar[str] = "nearest"
    name: str
    spans: Mapping[str, str]
    within_seats: bool = False


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Zones redrawn by the planner for the aim of the file.

    Parameters
    ----------
    name : str
    scenario : str
        Scenario file with the rules; its own objectives come after the aim.
    base : str
        Option whose schools, spans and zones it starts from.
    for_aim : bool
        Whether the aim of the file comes first; otherwise only the scenario's own objectives count.
    keep_within_share : float [share]
        Part of the aim that the scenario's own objectives may take back.
    time_limit_s : float [s]
        For all levels together.
    iterations : int, optional
        Steps of the search, instead of a time limit.
    """

    kind: ClassVar[str] = "redrawn"
    name: str
    scenario: str
    base: str = ""
    for_aim: bool = True
    keep_within_share: float = 0.02
    time_limit_s: float | None = None
    iterations: int | None = None


@dataclass(frozen=True, slots=True)
class Clusters:
    """Pairs or larger clusters of whole zones, found by an integer program.

    Parameters
    ----------
    name : str
    levels : tuple of str
        Levels whose zones may join; none: all.
    largest : int [zones]
        2 for pairs; up to 4.
    base : str
        Option whose zones are joined.
    mean_travel_km : float [km]
        Longest mean way of all students of the level.
    moved : float [students]
        Most students of a level who change building.
    clusters : int
        Most clusters of a level.
    keep_within_share : float [share]
        Part of the aim that may be given back for less travel.
    time_limit_s : float [s]
    """

    kind: ClassVar[str] = "clusters"
    name: str
    levels: tuple[str, ...] = ()
    largest: int = 2
    base: str = ""
    mean_travel_km: float | None = None
    moved: float | None = None
    clusters: int | None = None
    keep_within_share: float = 0.001
    time_limit_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands chosen and buildings assigned by an integer program; clusters of any size among them.

    Parameters
    ----------
    name : str
    one_building_a_grade : bool
        Full balance: the whole district goes to one building in each grade.  Otherwise whole
        zones of the base are the students that move.
    levels : tuple of str
        Levels whose grades are organised anew; none: all.
    objectives : tuple of str
        In order, of balance, transitions, travel, moves, fullest.
    most_transitions : int
        Most changes of building of any student within these grades.
    keep_spans : bool
        Every building keeps today's grades.
    use_all : bool
        No building stands empty.
    nearest : int
        Buildings each zone may choose from, besides its own of today: a district of many zones
        then stays small enough to solve, and ways stay short; none: all.
    base : str
    keep_within_share : float [share]
        Part of each objective that later ones may give back.
    alternatives : int
        How many further arrangements with the same first objective are counted.
    time_limit_s : float [s]
        For each objective.
    """

    kind: ClassVar[str] = "bands"
    name: str
    one_building_a_grade: bool = False
    levels: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ("balance", "transitions", "travel")
    most_transitions: int | None = None
    keep_spans: bool = False
    use_all: bool = True
    nearest: int | None = None
    base: str = ""
    keep_within_share: float = 0.0
    alternatives: int = 0
    time_limit_s: float = 60.0


@dataclass(frozen=True, slots=True)
class BandsRedrawn:
    """Bands, buildings and zones found in one integer program.

    Parameters
    ----------
    name : str
    level : str
    cuts : tuple of str
        Grades before which students may change building, such as ``["3"]`` for K-2 and 3-5.
    objectives : tuple of str
    parts : int
        Connected parts the zones are cut into.
    nearest : int
        Buildings each part may choose from, besides its own of today.
    base : str
    keep_within_share : float [share]
    time_limit_s : float [s]
        For each objective.
    """

    kind: ClassVar[str] = "bands_redrawn"
    name: str
    level: str
    cuts: tuple[str, ...]
    objectives: tuple[str, ...] = ("balance", "travel")
    parts: int = 90
    nearest: int = 4
    base: str = ""
    keep_within_share: float = 0.01
    time_limit_s: float = 60.0


Option: TypeAlias = TodayOption | Given | Nearest | Redrawn | Clusters | Bands | BandsRedrawn
OPTIONS: tuple[type[Option], ...] = (
    TodayOption,
    Given,
    Nearest,
    Redrawn,
    Clusters,
    Bands,
    BandsRedrawn,
)
