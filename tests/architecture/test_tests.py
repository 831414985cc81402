"""Tests that loop over what they find say that they found something."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from source_tree import REPOSITORY, tree_of

FILES = sorted(path.relative_to(REPOSITORY) for path in (REPOSITORY / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_test_asserts_only_about_what_may_be_nothing(path: Path) -> None:
    """Where all asserts stand in loops over a runtime value, an empty one would pass unseen."""
    blind = [
        node.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        if (asserted := list(_asserted(node, surely=True))) and not any(asserted)
    ]
    assert not blind, f"assert that something was looped over: {', '.join(blind)}"


def _asserted(node: ast.AST, *, surely: bool) -> Iterator[bool]:
    """Yield, for each assert below a node, whether it is surely reached."""
    if isinstance(node, ast.Assert) or _is_asserting_call(node):
        yield surely
    for child in ast.iter_child_nodes(node):
        is_loop = isinstance(node, ast.For) and child in node.body
        is_sure = not is_loop or _is_written_out(node.iter)
        yield from _asserted(child, surely=surely and is_sure)


def _is_asserting_call(node: ast.AST) -> bool:
    """Tell whether a call asserts by its name: ``assert_safe(…)``, ``assume(…)``, ``raises(…)``."""
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return re.search(r"assert|assume|expect|raises|warns", name) is not None


def _is_written_out(value: ast.expr) -> bool:
    """Tell whether a loop is over a literal, a range or a constant, plain or rearranged."""
    if isinstance(value, ast.Call):
        inner = [value.func.value] if isinstance(value.func, ast.Attribute) else value.args
        return ast.unparse(value.func) == "range" or any(map(_is_written_out, inner))
    if isinstance(value, ast.Subscript):
        return _is_written_out(value.value)
    is_constant = isinstance(value, ast.Name) and value.id.isupper()
    return is_constant or isinstance(
        value, ast.List | ast.Tuple | ast.Dict | ast.Set | ast.Constant
    )
