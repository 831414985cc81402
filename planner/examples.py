"""The examples that come with the package, and how to copy one to start from."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from geodata import synthetic_context, synthetic_district, synthetic_forecast, write_district
from planner.errors import PlannerError
from planner.runs.folder import stage_folder

__all__ = ["FIRST", "copy_example", "example_names", "write_town"]

FIRST = "first_plan"
FORECAST_YEAR = 2031
_TOWN = "district/district.toml"
_HERE = Path(__file__).resolve().parent
_PLACES = (_HERE / "example_files", _HERE.parent / "examples")  # in a wheel, in a checkout


def _folder() -> Path:
    for place in _PLACES:
        if (place / FIRST).is_dir():
            return place
    raise PlannerError("the examples are not installed", remedy="install the package again")


def example_names() -> list[str]:
    """Return the names of all examples, the first one to read first."""
    names = sorted(path.parent.name for path in _folder().glob("*/README.md"))
    return [FIRST, *(name for name in names if name != FIRST)]


def copy_example(name: str, target: Path) -> Path:
    """Copy an example into a new folder.

    Examples about the built-in town name ``district/district.toml``; it is written there.

    Parameters
    ----------
    name : str
    target : Path

    Raises
    ------
    PlannerError
        Where there is no such example, or the folder is already there.
    """
    if name not in example_names():
        raise PlannerError(
            f"there is no example {name!r}", remedy=f"choose one of: {', '.join(example_names())}"
        )
    with stage_folder(target, mark="README.md") as staged:
        shutil.copytree(
            _folder() / name,
            staged,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns(
                "__pycache__", "runs", "report", "synthetic", "district", "batch"
            ),
        )
        texts = [path.read_text(encoding="utf-8") for path in staged.glob("*.toml")]
        if any(_TOWN in text for text in texts):
            write_town((staged / _TOWN).parent)
    return target


def write_town(folder: Path) -> Path:
    """Write the built-in town with its river, roads and bridges, and a forecast of its students.

    Returns
    -------
    Path
        Its ``district.toml``.
    """
    town = synthetic_district()
    town = replace(town, forecasts={FORECAST_YEAR: synthetic_forecast(town)})
    return write_district(town, folder, context=synthetic_context())
