"""A file imports only from lower layers, and each foreign library stays in its own folder."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from source_tree import dotted, imported_modules, module_files, tree_of

# Low to high.  Modules on one line do not import each other, unless the line is marked as one
# unit whose files may (they are a single idea in several files).
LAYERS: tuple[tuple[str, ...], ...] = (
    ("geodata",),
    (
        "planner.errors",
        "planner.progress",
        "planner.processes",
        "planner.nearest",
        "planner.plain",
        "planner.pages",
    ),
    ("planner.privacy",),
    ("planner.plan", "planner.moves", "planner.needs", "planner.problem"),
    ("planner.terms",),
    ("planner.metrics",),
    ("planner.objectives",),
    ("planner.rules",),
    ("planner.structures",),
    ("planner.scenario",),
    ("planner.model",),
    ("planner.search",),
    ("planner.solving",),
    ("planner.conflicts",),
    ("planner.ledger",),
    ("planner.evaluation",),
    ("planner.parity",),
    ("planner.layers",),
    ("planner.runs",),
    ("planner.phasing",),
    ("planner.reorganise",),
    ("planner.comparison",),
    ("planner.disclosure",),
    ("planner.hearing",),
    ("planner.workbench",),
    ("planner.batch",),
    ("planner.catalogue", "planner.examples", "planner.demo"),
    ("planner.commands", "planner.cli", "planner.__main__"),
)
ONE_UNIT = {"planner.plan", "planner.commands", "planner.catalogue"}  # first or any name of a line

# library: the only places that may import it
HOMES = {
    "pulp": ("planner.model",),
    "highspy": ("planner.model",),
    "matplotlib": ("planner.hearing",),
    "typst": ("planner.hearing",),
    "jinja2": ("planner.pages",),
    "numba": ("planner.search",),
    "pyogrio": ("geodata", "planner.runs"),
    "distributed": ("planner.batch",),
    "dask": ("planner.batch",),
    "threadpoolctl": ("planner.processes",),
    "typer": ("planner.cli", "planner.commands"),
}
# calls that read a file of somebody's data
READERS = {"read_file", "read_csv", "read_excel", "read_parquet", "read_dataframe", "read_arrow"}
# who may read tables back that this project wrote itself, or that the user names on the
# command line as a plan
READERS_BESIDE_SOURCES = {"planner.plan", "planner.runs.reader"}
PUBLIC_FACE = "planner"  # planner/__init__.py: the exports, allowed to know everything


def _layer(module: str) -> tuple[int, str] | None:
    best: tuple[int, str] | None = None
    for rank, names in enumerate(LAYERS):
        for name in names:
            if module == name or module.startswith(name + "."):
                best = (rank, name)
    return best


@pytest.mark.parametrize("path", module_files(), ids=str)
def test_a_file_imports_only_from_lower_layers(path: Path) -> None:
    """Nothing flows back from evidence to plans, nor from plans to files."""
    module = dotted(path)
    if module == PUBLIC_FACE:
        return
    mine = _layer(module)
    assert mine is not None, f"{module} has no place in the table of layers"
    wrong = []
    for imported in sorted(imported_modules(path)):
        theirs = _layer(imported)
        if theirs is None:
            if imported.split(".")[0] == "planner" and imported != PUBLIC_FACE:
                wrong.append(f"{imported} has no place in the table of layers")
            continue
        same_unit = theirs[1] == mine[1] or bool(set(LAYERS[mine[0]]) & ONE_UNIT)
        if theirs[0] > mine[0] or (theirs[0] == mine[0] and not same_unit):
            wrong.append(imported)
    assert not wrong, f"{module} imports {', '.join(wrong)}"


@pytest.mark.parametrize("path", module_files(), ids=str)
def test_foreign_libraries_stay_at_home(path: Path) -> None:
    """One folder knows the solver, one knows how to draw, one is compiled."""
    module = dotted(path)
    strangers = [
        library
        for library, homes in HOMES.items()
        if any(name.split(".")[0] == library for name in imported_modules(path))
        and not any(module == home or module.startswith(home + ".") for home in homes)
    ]
    assert not strangers, f"{module} may not import {', '.join(strangers)}"


@pytest.mark.parametrize("path", module_files(), ids=str)
def test_only_sources_read_district_files(path: Path) -> None:
    """A planner's files are read in one place, so that faults are found in one place."""
    module = dotted(path)
    if module.startswith("geodata.sources") or module in READERS_BESIDE_SOURCES:
        return
    calls = {
        node.func.attr
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not calls & READERS, f"{module} reads data files itself: {sorted(calls & READERS)}"


def test_rules_and_objectives_do_not_import_each_other() -> None:
    """A rule is understood by reading its own file and what all rules share."""
    for family in ("planner.rules", "planner.objectives"):
        members = {
            dotted(path)
            for path in module_files()
            if dotted(path).startswith(family + ".") and _defines_a_member(path)
        }
        wrong = [
            f"{dotted(path)} → {other}"
            for path in module_files()
            if dotted(path) in members
            for other in sorted(imported_modules(path) & members)
        ]
        assert not wrong


def _defines_a_member(path: Path) -> bool:
    """Tell whether a file has a class with a `name` by which scenarios call it."""
    return any(
        isinstance(line, ast.AnnAssign) and getattr(line.target, "id", "") == "name" and line.value
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef)
        for line in node.body
    )


def test_the_table_names_only_modules_that_may_exist_once() -> None:
    """No module stands in two layers."""
    names = [name for line in LAYERS for name in line]
    assert len(names) == len(set(names))
