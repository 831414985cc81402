"""Files and functions stay small enough to be read in one sitting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from source_tree import REPOSITORY, dotted, module_files, tree_of

MODULE_LINES = 300
FUNCTION_LINES = 40  # of the body: signature and docstring may be as long as they need
PLACES = 5  # arguments that a call may tell by their place alone; all further ones by name
# module or module:function → why it may be longer.  Keep this short.
EXCEPTIONS: dict[str, str] = {}


@pytest.mark.parametrize("path", module_files(), ids=str)
def test_modules_are_short(path: Path) -> None:
    """No module is longer than 300 lines."""
    lines = len((REPOSITORY / path).read_text(encoding="utf-8").splitlines())
    assert lines <= MODULE_LINES or dotted(path) in EXCEPTIONS


@pytest.mark.parametrize("path", module_files(), ids=str)
def test_functions_are_short(path: Path) -> None:
    """No function does more than 40 lines of work."""
    long = {}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = _lines(node)
            if lines > FUNCTION_LINES and f"{dotted(path)}:{node.name}" not in EXCEPTIONS:
                long[node.name] = lines
    assert not long


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    work = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or 0) - work[0].lineno + 1 if work else 0


@pytest.mark.parametrize("path", module_files(), ids=str)
def test_calls_name_what_they_give(path: Path) -> None:
    """No function takes more than five arguments by place; compiled code knows no other way."""
    wide = {}
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _is_compiled(node):
            places = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
            count = len(places) - (places[:1] in (["self"], ["cls"]))
            if count > PLACES:
                wide[node.name] = count
    assert not wide


def _is_compiled(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(getattr(name, "id", "") in {"compiled", "inlined"} for name in node.decorator_list)


@pytest.mark.parametrize("path", module_files(), ids=str)
def test_names_say_what_a_file_is(path: Path) -> None:
    """No drawer for odds and ends."""
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "misc", "header"}


def test_exceptions_are_still_needed() -> None:
    """An exception is struck off when its file has become short."""
    known = {dotted(path): path for path in module_files()}
    for key in EXCEPTIONS:
        module, _, function = key.partition(":")
        assert module in known, key
        tree = tree_of(known[module])
        if function:
            nodes = [
                n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == function
            ]
            assert any(_lines(n) > FUNCTION_LINES for n in nodes), key
        else:
            text = (REPOSITORY / known[module]).read_text(encoding="utf-8")
            assert len(text.splitlines()) > MODULE_LINES, key
