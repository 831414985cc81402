"""Folders and files that appear whole: made under a temporary name, published by one rename."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from planner.errors import RunError

__all__ = ["make_folder", "replace_file", "stage_folder"]


def make_folder(folder: Path) -> None:
    """Make a folder, and those it lies in, where missing.

    Raises
    ------
    RunError
        Where a file stands in the way, or the system refuses.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        file = next(place for place in (folder, *folder.parents) if place.exists())
        raise RunError(
            f"{file} is a file, not a folder",
            "a folder of that name is needed to write into",
            "name another place, or move that file away",
        ) from error
    except OSError as error:
        raise RunError(
            f"{folder} cannot be made: {error.strerror}",
            "what is asked for is written there",
            "name a place you may write to",
        ) from error


@contextmanager
def stage_folder(folder: Path, *, overwrite: bool | None = None, mark: str) -> Iterator[Path]:
    """Give a folder of a temporary name that takes the place of `folder` at the end.

    A process that is killed leaves at most a folder ``.<name>.….partial`` beside it.

    Parameters
    ----------
    folder : Path
        The place.  Its parents are made where missing.
    overwrite : bool or None
        Replace what an earlier command wrote there; None where the command never does.
    mark : str
        Name of the file by which such a folder is known; a folder without it is never replaced.

    Yields
    ------
    Path
        The folder to write into.  After an error it is removed, and `folder` is as before.

    Raises
    ------
    RunError
        At once, where `folder` may not be written.
    """
    _refuse(folder, overwrite, mark)
    make_folder(folder.parent)
    place = folder.resolve()
    outer = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".partial", dir=place.parent))
    staged = outer / place.name
    staged.mkdir()
    try:
        yield staged
        _refuse(folder, overwrite, mark)
        _publish(staged, place, outer)
    finally:
        shutil.rmtree(outer, ignore_errors=True)


def _refuse(folder: Path, overwrite: bool | None, mark: str) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / mark).is_file():
        raise RunError(
            f"{folder} is already there and holds no {mark}",
            "it was not written by this command, so it will not be replaced",
            "name another folder",
        )
    if not overwrite:
        raise RunError(
            f"{folder} is already there",
            "an earlier result would be lost",
            "name another folder" + ("" if overwrite is None else ", or add --overwrite"),
        )


def _publish(staged: Path, place: Path, outer: Path) -> None:
    """Rename; what stood there before leaves by a rename too, and is removed afterwards."""
    old = outer / f"{place.name}.old"
    if place.exists():
        place.rename(old)
    try:
        staged.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise


def replace_file(place: Path, data: bytes) -> None:
    """Write a file under a temporary name and rename it."""
    make_folder(place.parent)
    descriptor, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        Path(name).replace(place)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
