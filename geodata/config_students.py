"""What a district file may say of its students, today and in later years."""

from __future__ import annotations

from pydantic import Field

from geodata.config_basics import Column, FileConfig, Strict

__all__ = ["CellConfig", "ForecastConfig", "LongConfig", "StudentsConfig"]


class CellConfig(Strict):
    """One column of counts: a grade, a group, poverty, or any two or three of them crossed."""

    column: str
    grade: str | None = None
    group: str | None = None
    poor: bool = False


class LongConfig(Strict):
    """Counts in rows rather than columns: one row a block, grade and group."""

    count: Column
    grade: Column | None = None
    group: Column | None = None
    poor: Column | None = None


class StudentsConfig(FileConfig):
    """Students living in each block; several sections may each give a part.

    Parameters
    ----------
    file : str
        Without it, the blocks file.
    id : column
        Block id; without it, as in the blocks file.
    total, poor : column [students]
    grades, groups : table of columns [students]
        ``grades = { K = "g_k", 1 = "g_01" }``.
    cells : list
        Crossed counts, one column each: ``{ column = "k_b", grade = "K", group = "black", poor =
        true }``, what does not apply left out.
    pattern, poor_pattern : str
        Names of crossed columns, such as ``"{grade}_{group}"``.
    group_names : list of str
        The groups of a pattern.
    long : table
        Counts in rows: ``{ count = "n", grade = "grade", group = "race", poor = "frl" }``, what
        does not apply left out.
    for_levels : list of str
        Levels the section counts, where it is not by grade; without it, all.
    groups_exhaustive : bool
        Whether every student is in exactly one group.
    missing_rows_are_zero : bool
        Whether blocks (and cells of a long table) without a row have no students; otherwise they
        are unknown.
    estimated : bool
    proxy : str
        What the counts are where they are not students.
    """

    id: Column | None = None
    total: Column | None = None
    poor: Column | None = None
    grades: dict[str, Column] = Field(default_factory=dict)
    groups: dict[str, Column] = Field(default_factory=dict)
    cells: list[CellConfig] = Field(default_factory=list)
    pattern: str | None = None
    poor_pattern: str | None = None
    group_names: list[str] = Field(default_factory=list)
    long: LongConfig | None = None
    for_levels: list[str] = Field(default_factory=list)
    groups_exhaustive: bool = False
    missing_rows_are_zero: bool = False
    estimated: bool = False
    proxy: str = ""


class ForecastConfig(StudentsConfig):
    """Students expected in each block in a later year; otherwise as `[[students]]`.

    Parameters
    ----------
    year : int
        School year the counts are expected for; several sections of one year are put side by
        side.
    estimated : bool
        A forecast is an estimate; false where it is not.
    """

    year: int = Field(ge=1900, le=2999)
    estimated: bool = True
