"""The public names are what scripts outside rely on, whatever was imported before them."""

from __future__ import annotations

import subprocess
import sys

import pytest

import planner


@pytest.mark.parametrize(
    "name", ["load_district", "load_scenario", "solve", "evaluate", "compare", "report"]
)
def test_public_names_are_functions(name: str) -> None:
    """Each of the six is a function, also where a module has the same name."""
    assert callable(getattr(planner, name))
    assert name in dir(planner)


def test_no_module_has_the_name_of_a_function() -> None:
    """Importing any part of the package leaves the functions functions, and parts importable."""
    code = (
        "import planner.solving.level as level, planner.hearing.words as words\n"
        "import planner.comparison, planner.evaluation, planner.commands.solve\n"
        "from planner import solve, compare, report, evaluate\n"
        "assert all(callable(f) for f in (solve, compare, report, evaluate))\n"
        "import pickle\n"
        "assert pickle.loads(pickle.dumps(solve)) is solve\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_unknown_names_are_told() -> None:
    """A misspelt name is an ordinary AttributeError."""
    with pytest.raises(AttributeError, match="sovle"):
        planner.sovle  # noqa: B018
