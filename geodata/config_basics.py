"""The parts every section of a district file shares: columns, files, points, provenance."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

__all__ = ["Column", "ColumnConfig", "FileConfig", "PointsConfig", "ProvenanceConfig", "Strict"]

Scalar = str | bool | int | float


class Strict(BaseModel):
    """Refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ColumnConfig(Strict):
    """Where the values of a field come from.

    Parameters
    ----------
    column : str
        Column of the file.
    value : text, number or true/false
        One value for every row, instead of a column.
    values : table
        What the file's values mean: ``{ "Elem" = "elementary" }``.  Values not listed stay.
    default : text, number or true/false
        Stands for empty cells.
    width : int
        Ids are filled with leading zeros to so many characters.
    """

    column: str | None = None
    value: Scalar | None = None
    values: dict[str, Scalar] = Field(default_factory=dict)
    default: Scalar | None = None
    width: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_source(self) -> ColumnConfig:
        if (self.column is None) == (self.value is None):
            raise ValueError("give either column or value")
        return self


def as_column(given: Any) -> Any:
    if isinstance(given, str):
        return {"column": given}
    if isinstance(given, (bool, int, float)):
        return {"value": given}
    return given


Column = Annotated[ColumnConfig, BeforeValidator(as_column)]


class ProvenanceConfig(Strict):
    """Who published a file, for which year, under which licence.

    Parameters
    ----------
    source, year, licence, retrieved, method : str
    estimated : bool
    """

    source: str = ""
    year: str = ""
    licence: str = ""
    retrieved: str = ""
    method: str = ""
    estimated: bool = False


class FileConfig(Strict):
    """A file and how to read it.

    Parameters
    ----------
    file : str
        Relative to the district file, or absolute.
    layer : str
        Layer of a GeoPackage, sheet of a workbook.
    crs : str
        Coordinate system, where the file states none or a wrong one.
    encoding, delimiter : str
        Of a text table; UTF-8 and commas without them.
    header_row : int
        Row with the names of the columns in a workbook or a text table, where titles stand above.
    where : table
        Rows to keep: ``{ type = "Elementary", year = ["2024", "2025"], id = { not = "X" } }``;
        also ``{ pupils = { min = 1, max = 99 } }``.
    unknown : list of str
        Texts that mean "not known" in number columns, such as ``"*"`` or ``"<10"``.
    provenance : table
    """

    file: str | None = None
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int = Field(default=1, ge=1)
    where: dict[str, Any] = Field(default_factory=dict)
    unknown: list[str] = Field(default_factory=list)
    provenance: ProvenanceConfig = Field(default_factory=ProvenanceConfig)


class PointsConfig(FileConfig):
    """A file whose rows may carry a point: geometry, x and y in `crs`, or lon and lat.

    Parameters
    ----------
    x, y, lon, lat : column
        The row's point, where the file has no shapes: x and y in `crs`, or lon and lat.  Only of
        blocks, schools and addresses.
    """

    x: Column | None = None
    y: Column | None = None
    lon: Column | None = None
    lat: Column | None = None
