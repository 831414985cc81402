"""Tables as data: what page, PDF and workbook all show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from geodata.reserved import ALL, POOR
from planner.hearing.figures import TODAY, Figure, Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.written import Kind

__all__ = [
    "Cell",
    "Table",
    "flow_table",
    "no_number_word",
    "no_zone_word",
    "school_tables",
    "units_of",
]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a text, a word, or a figure and, for options, its change from today.

    Parameters
    ----------
    kind : Kind
    text : str
        For the kind text.
    word : str
        Key of a text of the words file, instead.
    group : str
        Group that fills the word's field ``{group}``.
    figure, change : Figure or None
    verdict : str
        "better", "worse", "same", "unknown", "neither", "kept", "broken"; empty without one.
    """

    kind: Kind
    text: str = ""
    word: str = ""
    group: str = ""
    figure: Figure | None = None
    change: Figure | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with headers for rows and columns.

    Parameters
    ----------
    name : str
        Unique in the packet.
    title : str
        Key of the title.
    fields : mapping
        Fields of the title.
    columns : tuple of (key, fields)
        Keys of the column headers.
    rows : tuple of tuple of Cell
        The first cell of a row is its header.
    """

    name: str
    title: str
    columns: tuple[tuple[str, Mapping[str, str]], ...]
    rows: tuple[tuple[Cell, ...], ...]
    fields: Mapping[str, str] = field(default_factory=dict)


Measures = tuple[tuple[str, Kind], ...]

_MEASURES: Measures = (
    ("students", "count"),
    ("utilization", "share"),
    ("travel_mean_metres", "miles"),
    ("travel_mean_minutes", "minutes"),
)
_TAKE_UP: Measures = (
    ("students_expected", "count"),
    ("utilization_expected", "share"),
    ("take_up", "share"),
)
_FORECAST: Measures = (
    ("students_forecast", "count"),
    ("utilization_forecast", "share"),
)


def units_of(packet: Packet, level: str) -> list[str]:
    """Return the schools of a level as metrics.csv names them ("A+B": counted together)."""
    serving = {
        school
        for owners in packet.owners(level)
        for owner in owners.unique()
        for school in owner.split("+")
    }
    units: set[str] = set()
    for option in packet.options:
        rows = option.run.metrics
        units.update(rows.loc[(rows["scope"] == "school") & (rows["metric"] == "students"), "id"])
    found = [unit for unit in units if serving.issuperset(unit.split("+"))]
    return sorted(found, key=lambda unit: packet.unit_name(unit).casefold())


def school_tables(
    packet: Packet, figures: Figures, level: str, options: Sequence[Option] | None = None
) -> Iterator[Table]:
    """Yield the tables of a level's schools, before and after, one measure each.

    Parameters
    ----------
    options : sequence of Option, optional
        Options to show beside today; all of them by default.
    """
    shown = [o for o in options or packet.options if level in o.plan.levels]
    for metric, kind, group in _measures(packet, figures):
        if figures.has(metric, "school", group):
            yield _by_school(packet, figures, shown, level, (metric, kind, group))


def _measures(packet: Packet, figures: Figures) -> Iterator[tuple[str, Kind, str]]:
    """Yield what may be told of each school: metric, kind and group (or year)."""
    yield from ((metric, kind, ALL) for metric, kind in _MEASURES)
    if not figures.is_public:  # the proof of privacy knows nothing of who is enrolled
        yield from ((metric, kind, ALL) for metric, kind in _TAKE_UP)
    yield from (
        (metric, kind, year) for year, (metric, kind) in product(figures.forecast_years, _FORECAST)
    )
    yield from (("share", "share", group) for group in (POOR, *packet.district.students.groups))


def flow_table(packet: Packet, figures: Figures, option: Option, level: str) -> Table:
    """List who would go where: blocks and students from each school to each other.

    In the order of what is shown: a hidden number's place would tell what it lies between.
    """
    moves = option.run.moves
    moves = moves.loc[moves["level"] == level, ["from_school", "to_school", "blocks"]]
    found = [
        (figures.flow(option.letter, level, before, after), float(blocks), before, after)
        for before, after, blocks in moves.itertuples(index=False, name=None)
    ]
    found.sort(
        key=lambda row: (not row[0].is_known, -row[0].value if row[0].is_known else 0.0, -row[1])
    )
    rows = tuple(
        (
            Cell("text", packet.unit_name(before)),
            Cell("text", packet.unit_name(after)),
            Cell("count", figure=Figure(blocks)),
            Cell("count", figure=students),
        )
        for students, blocks, before, after in found
    )
    keys = ("table.from", "table.to", "table.blocks", "table.students")
    return Table(
        f"{level} moves {option.letter}", "measure.moves", tuple((key, {}) for key in keys), rows,
        {"letter": option.letter},
    )  # fmt: skip


def _by_school(
    packet: Packet,
    figures: Figures,
    options: Sequence[Option],
    level: str,
    measure: tuple[str, Kind, str],
) -> Table:
    metric, kind, group = measure
    has_seats = metric.startswith("utilization")
    rows = []
    for unit in units_of(packet, level):
        cells = [_named(packet, level, metric, unit)]
        if has_seats:
            cells.append(_seats(figures, options, ("school", unit)))
        compared = _compare(figures, options, metric, kind, ("school", unit, group))
        letters = (TODAY, *(o.letter for o in options))
        told = [
            _or_word(packet, cell, level, letter, unit)
            for cell, letter in zip(compared, letters, strict=True)
        ]
        if told[0].word:  # from no number of today there is no change, known or not
            told = [cell if _has_change(cell) else replace(cell, change=None) for cell in told]
        rows.append((*cells, *told))
    total = [Cell("text", word=_total(packet, level, metric))]
    if has_seats:
        total.append(_seats(figures, options, ("level", level)))
    rows.append((*total, *_compare(figures, options, metric, kind, ("level", level, group))))
    columns: list[tuple[str, Mapping[str, str]]] = [("table.school", {})]
    columns += [("table.seats", {})] if has_seats else []
    columns += [("table.today", {})]
    columns += [("table.option", {"letter": o.letter}) for o in options]
    about = {ALL: "", POOR: "_poor"}.get(group, "_group")
    return Table(
        f"{level} {metric} {group}".removesuffix(f" {ALL}"), f"measure.{metric}{about}",
        tuple(columns), tuple(rows), {"group": group},
    )  # fmt: skip


def _or_word(packet: Packet, cell: Cell, level: str, letter: str, unit: str) -> Cell:
    """Say a word in place of a number that a school cannot have."""
    word = no_number_word(
        packet, cell.figure or Figure(), cell.kind, level=level, letter=letter, unit=unit
    )
    return Cell(cell.kind, word=word) if word else cell


def _has_change(cell: Cell) -> bool:
    """Tell whether a change is known, or is not told."""
    return cell.change is not None and (cell.change.is_known or cell.change.hidden)


def _total(packet: Packet, level: str, metric: str) -> str:
    """Return the word for all schools: where buildings are counted, whether their sum is told.

    How full the schools are is told of whole buildings in the last row too.
    """
    is_other = metric in ("students", "share", "students_expected", "take_up") and any(
        packet.teaches_more(level, unit) for unit in units_of(packet, level)
    )
    return "table.all_of_level" if is_other else "table.all_schools"


def _named(packet: Packet, level: str, metric: str, unit: str) -> Cell:
    """Name a school; one that teaches another level too by its building, which is counted."""
    name = packet.unit_name(unit)
    if metric.startswith("travel") or not packet.teaches_more(level, unit):
        return Cell("text", name)
    return Cell("text", word="table.building", group=name)


def _seats(figures: Figures, options: Sequence[Option], place: tuple[str, str]) -> Cell:
    """Return the seats of a school or level; every number where they differ, today's first."""
    found = [figures.get(at, "seats", *place) for at in (TODAY, *(o.letter for o in options))]
    known = list(dict.fromkeys(round(f.value) for f in found if f.is_known and f.value > 0))
    if len(known) < 2:
        return Cell("count", figure=Figure(float(known[0])) if known else Figure())
    return Cell("text", " / ".join(f"{seats:,}" for seats in known))


def _compare(
    figures: Figures,
    options: Sequence[Option],
    metric: str,
    kind: Kind,
    where: tuple[str, str, str],
) -> list[Cell]:
    """Return the cells of today and of every option."""
    scope, name, group = where
    today = Cell(kind, figure=figures.get(TODAY, metric, scope, name, group))
    after = [
        Cell(
            kind,
            figure=figures.get(option.letter, metric, scope, name, group),
            change=figures.change(option.letter, metric, scope, name, group),
        )
        for option in options
    ]
    return [today, *after]


def no_number_word(
    packet: Packet, figure: Figure, kind: Kind, *, level: str, letter: str, unit: str
) -> str:
    """Return the word that stands in place of a school's number; empty where the number stands.

    A building without a zone of this level may have students of another; its ways are told only
    where all its levels have the same.
    """
    word, is_way = no_zone_word(packet, level, letter, unit), kind in ("miles", "minutes")
    if figure.hidden or not packet.teaches_more(level, unit):
        return "" if figure.hidden else word
    if is_way:
        return word or ("" if figure.is_known else "table.by_level")
    return "" if figure.is_known else word


def no_zone_word(packet: Packet, level: str, letter: str, unit: str) -> str:
    """Return the word for a school without a zone: not open, closed, no zone; empty with one."""
    if packet.serves(level, letter, unit):
        return ""
    if packet.lacks(level, letter, unit):
        return "table.not_open" if letter else "table.not_open_today"
    closed = letter in packet.supplies and packet.is_closed(letter, unit)
    return "table.closed" if closed else "table.no_zone"
