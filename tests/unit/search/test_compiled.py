"""Compiled inner loops are never those of an older version of the source."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from planner.search import compiled, contiguity
from planner.search.compiled import HAS_NUMBA, SOURCE, cache_folder


def write(folder: Path, **modules: str) -> Path:
    """Write modules into a folder and forget what was read from it before."""
    folder.mkdir(exist_ok=True)
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)
    cache_folder.cache_clear()
    return folder


def test_any_module_that_changes_leaves_the_compiled_functions_behind(tmp_path: Path) -> None:
    """A function holds code of those it calls, whichever file they stand in."""
    source = write(tmp_path / "search", caller="one", callee="two")
    before = cache_folder(source)
    assert cache_folder(write(source, callee="two")) == before
    assert cache_folder(write(source, callee="three")) != before
    assert cache_folder(write(source, callee="two")) == before


def test_the_cache_stands_beside_the_source_or_where_the_user_says(tmp_path: Path) -> None:
    """NUMBA_CACHE_DIR is obeyed."""
    source = write(tmp_path / "search", caller="one")
    assert cache_folder(source).parent == source / "__pycache__"
    assert cache_folder(source, str(tmp_path / "mine")).parent == tmp_path / "mine"


def test_a_source_that_may_not_be_written_has_its_cache_with_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tool installed by an administrator compiles once for each user, not at each start."""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    source = write(tmp_path / "search", caller="one")
    assert cache_folder(source).parent == tmp_path / "home" / "planner"


@pytest.mark.skipif(not HAS_NUMBA, reason="numba is not installed")
def test_compiling_is_done_when_every_function_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was cut short goes on the next time, and says so."""
    import numba

    monkeypatch.setattr(numba.config, "DISABLE_JIT", 0)
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(compiled, "_names", ["anneal.anneal-", "kernel.set_cut-"])
    folder = cache_folder(SOURCE, str(tmp_path)) / "search_1"
    folder.mkdir(parents=True)
    assert not compiled.is_compiled()
    (folder / "anneal.anneal-131.py311.nbi").touch()
    (folder / "kernel.set_cut_off-9.py311.nbi").touch()
    assert not compiled.is_compiled()
    (folder / "kernel.set_cut-150.py311.nbi").touch()
    assert compiled.is_compiled()


@pytest.mark.skipif(not HAS_NUMBA, reason="numba is not installed")
def test_inner_loops_are_kept_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is the one numba uses, and its own setting is left as it was."""
    import numba

    monkeypatch.setattr(numba.config, "DISABLE_JIT", 0)
    given = numba.config.CACHE_DIR
    cache_folder.cache_clear()
    wrapped = compiled.compiled(contiguity.__dict__["is_exempt"].py_func)
    assert Path(wrapped.stats.cache_path).parent == cache_folder(SOURCE, given)
    assert given == numba.config.CACHE_DIR
