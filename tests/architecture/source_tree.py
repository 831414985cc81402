"""The repository as text and syntax trees, for the tests beside this file."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("geodata", "planner")
TEXT_SUFFIXES = {
    "", ".py", ".md", ".toml", ".txt", ".lock", ".csv", ".json", ".cfg", ".typ", ".html", ".css",
    ".js", ".yaml", ".yml", ".sh", ".lp", ".geojson",
}  # fmt: skip
SKIPPED_FOLDERS = {"__pycache__", "build", "dist", "demo", "runs", "node_modules"}


@cache
def module_files() -> list[Path]:
    """Return every Python file of the two packages, sorted, relative to the repository."""
    return sorted(
        path.relative_to(REPOSITORY)
        for package in PACKAGES
        for path in (REPOSITORY / package).rglob("*.py")
    )


def text_files() -> Iterator[Path]:
    """Yield every text file a clone would hold (hidden tool caches left out)."""
    for folder, folders, names in os.walk(REPOSITORY):
        here = Path(folder)
        folders[:] = sorted(
            name
            for name in folders
            if name not in SKIPPED_FOLDERS
            and (not name.startswith(".") or name == ".ci")
            and not (here / name / "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            path = here / name
            if path.suffix in TEXT_SUFFIXES and name != ".git":
                yield path


def dotted(path: Path) -> str:
    """Return the module name of a file: planner/rules/base.py is planner.rules.base."""
    parts = list(path.with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    """Parse a file."""
    return ast.parse((REPOSITORY / path).read_text(encoding="utf-8"), filename=str(path))


@cache
def imported_modules(path: Path) -> set[str]:
    """Return what a file imports, anywhere in it, as absolute dotted names.

    ``from a import b`` counts as ``a.b`` where that is a module of ours, else as ``a``.  Imports
    for the type checker only count too: a type is a dependency.
    """
    ours = _our_modules()
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(path, node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                found.add(inner if inner in ours else base)
    return found


@cache
def _our_modules() -> set[str]:
    return {dotted(file) for file in module_files()}


def _absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = (
        dotted(path).split(".") if path.name == "__init__.py" else dotted(path).split(".")[:-1]
    )
    kept = package[: len(package) - (node.level - 1)]
    return ".".join([*kept, node.module] if node.module else kept)
