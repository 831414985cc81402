"""Nobody can add a fault without a test that feeds it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from geodata.errors import listed

PACKAGE = Path(__file__).resolve().parents[3] / "geodata"
TESTS = Path(__file__).resolve().parent


def codes() -> list[str]:
    """Return the codes of all faults that the package can tell."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name in {"fatal", "warning"} and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return sorted(found)


def test_there_are_faults() -> None:
    """The search for codes finds them."""
    assert len(codes()) > 40


@pytest.mark.parametrize("code", codes())
def test_every_fault_is_fed_through_a_reader(code: str) -> None:
    """Each code stands in a test of the readers."""
    tests = "".join(path.read_text(encoding="utf-8") for path in sorted(TESTS.glob("test_*.py")))
    assert f'"{code}"' in tests


def test_long_lists_are_told_by_their_first_ids() -> None:
    """The reader learns how many more there are."""
    assert listed([]) == ""
    assert listed("abcde") == "a, b, c, d, e"
    assert listed(range(8), most=3) == "0, 1, 2, … 5 more"
