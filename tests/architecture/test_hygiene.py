"""Nothing in the repository belongs to one machine, and nothing hides faults."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest
from source_tree import REPOSITORY, dotted, module_files, text_files, tree_of

# built from pieces, so that this file does not find itself
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(?:"
    + "|".join(["work", "root", "home", "Users"])
    + r")/",
    "a path of one Windows machine": r"[A-Z]:\\" + r"\\?Users",
    "a package registry": "|".join(
        ["pypi" + r"\.org", "pythonhosted" + r"\.org", "index" + "-url"]
    ),
    "a registry mirror": "find" + "-links|/opt/" + "pypi|/opt/" + "wheels",
}


def test_no_machine_paths_nor_registry_hosts() -> None:
    """A clone works anywhere: no file names a home folder or a package registry."""
    found = [
        f"{path.relative_to(REPOSITORY)}: {what}: {match.group(0)}"
        for path in text_files()
        for what, pattern in FORBIDDEN.items()
        if (match := re.search(pattern, path.read_text(encoding="utf-8"))) and not _allowed(match)
    ]
    assert not found


def _allowed(match: re.Match[str]) -> bool:
    # uv's own option that keeps registry addresses out of the lock is named where it is used
    before = match.string[max(0, match.start() - 10) : match.start()]
    return match.group(0) == "index" + "-url" and before.endswith("--no-emit-")


def test_students_are_called_students() -> None:
    """One word for one thing in all that users read; columns of other people's files are theirs."""
    word = re.compile(r"\bpupils?(?! = \{)\b", re.IGNORECASE)
    read = [
        path
        for path in text_files()
        if path.suffix in {".py", ".md", ".toml"}
        and "tests" not in path.relative_to(REPOSITORY).parts
    ]
    assert len(read) > 100
    assert not [str(path) for path in read if word.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", module_files(), ids=str)
def test_no_blanket_except_no_star_no_print(path: Path) -> None:
    """Faults are named, imports are named, and the library does not talk to the terminal."""
    faults = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler) and _is_blanket(node):
            faults.append(f"line {node.lineno}: blanket except")
        if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
            faults.append(f"line {node.lineno}: import *")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
            faults.append(f"line {node.lineno}: print")
        if isinstance(node, ast.Assert):
            faults.append(f"line {node.lineno}: assert used for data or control flow")
    assert not faults


def _is_blanket(node: ast.ExceptHandler) -> bool:
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(
        kind is None or getattr(kind, "id", "") in {"Exception", "BaseException"} for kind in kinds
    ) and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))


@pytest.mark.parametrize("path", module_files(), ids=str)
def test_all_is_true(path: Path) -> None:
    """Whatever `__all__` promises exists, sorted and once."""
    names = _declared_all(path)
    if names is None:
        return
    assert len(names) == len(set(names))
    module = importlib.import_module(dotted(path))
    missing = [name for name in names if not hasattr(module, name)]
    assert not missing


def _declared_all(path: Path) -> list[str] | None:
    for node in tree_of(path).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if getattr(target, "id", "") == "__all__":
            value = node.value  # type: ignore[attr-defined]
            if isinstance(value, ast.List | ast.Tuple):
                return [item.value for item in value.elts if isinstance(item, ast.Constant)]
    return None


def test_the_lock_holds_hashes_and_no_addresses() -> None:
    """Every pinned package carries hashes; none says where it was fetched."""
    text = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", text)
    unhashed = [b.splitlines()[0] for b in blocks if "==" in b and "--hash=sha256:" not in b]
    assert not unhashed


def test_the_lock_covers_every_declared_dependency() -> None:
    """A dependency added to pyproject.toml is locked before it is merged."""
    import tomllib

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    text = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    locked = {m.group(1).lower() for m in re.finditer(r"^([A-Za-z0-9._-]+)==", text, re.M)}
    names = {re.split(r"[<>=!~\[; ]", line)[0].lower() for line in declared}
    assert not names - locked
