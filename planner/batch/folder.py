"""The folder of a batch: runs by digest, failures in words, one manifest for each sweep.

::

    DIR/runs/<digest>/             one run folder a job, published by one rename
    DIR/failed/<digest>.json       why a job has no run; removed when it has one
    DIR/sweeps/<name>.json         which jobs a sweep is made of; several sweeps may share DIR
    DIR/.claims/<digest>           locked by the process that works on the job
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.batch.job import Job
from planner.errors import RunError
from planner.runs import Run, read_run
from planner.runs.folder import make_folder, replace_file
from planner.runs.record import json_text
from planner.runs.tables import RECORD

__all__ = ["BatchFolder", "Manifest"]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which jobs a sweep is made of.

    Parameters
    ----------
    name : str
        Stem of its file: the sweep file's name and a digest of its jobs.
    title : str
    jobs : tuple of Job
    about : mapping
        Whatever else tables and page need: keys, measures, settings of robustness.
    """

    name: str
    title: str
    jobs: tuple[Job, ...]
    about: Mapping[str, Any]

    @classmethod
    def of(cls, stem: str, title: str, jobs: Sequence[Job], about: Mapping[str, Any]) -> Manifest:
        """Name a manifest by its jobs."""
        text = "\n".join(job.digest for job in jobs)
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        return cls(f"{stem}-{digest}", title, tuple(jobs), about)

    def is_of_file(self, other: Manifest) -> bool:
        """Tell whether both come from the same sweep file, whatever it said."""
        return "file" in self.about and self.about["file"] == other.about.get("file")


@dataclass(frozen=True, slots=True)
class BatchFolder:
    """A folder that one or more sweeps share.

    Parameters
    ----------
    path : Path
    """

    path: Path

    @property
    def runs(self) -> Path:
        """Where the run folders are."""
        return self.path / "runs"

    def run(self, digest: str) -> Path:
        """Return the place of a job's run."""
        return self.runs / digest

    def is_done(self, digest: str) -> bool:
        """Tell whether a job's run was published."""
        return (self.run(digest) / RECORD).is_file()

    def read(self, digest: str) -> Run | None:
        """Read a job's run; None where there is none, or it was damaged from outside."""
        if not self.is_done(digest):
            return None
        try:
            return read_run(self.run(digest))
        except RunError:
            return None

    def drop_damaged(self, digests: Sequence[str]) -> list[str]:
        """Remove runs that somebody changed or truncated, so that they are done again."""
        damaged = [d for d in digests if self.is_done(d) and self.read(d) is None]
        for digest in damaged:
            shutil.rmtree(self.run(digest))
        return damaged

    def manifests(self) -> list[Manifest]:
        """Read the manifests of all sweeps here, by name."""
        found = []
        for path in sorted((self.path / "sweeps").glob("*.json")):
            data = json.loads(path.read_text(encoding="utf-8"))
            jobs = tuple(Job(**job) for job in data["jobs"])
            found.append(Manifest(path.stem, data["title"], jobs, data["about"]))
        return found

    def has(self, manifest: Manifest) -> bool:
        """Tell whether the same sweep was begun here before."""
        return (self.path / "sweeps" / f"{manifest.name}.json").is_file()

    def add(self, manifest: Manifest) -> None:
        """Write a manifest, whole or not at all, in the place of those of the same sweep file.

        What an earlier version of the file asked stays among the runs, and is told no more: it
        was another question, of other rules or other counts.
        """
        for old in self.manifests():
            if old.name != manifest.name and old.is_of_file(manifest):
                (self.path / "sweeps" / f"{old.name}.json").unlink(missing_ok=True)
        data = {
            "title": manifest.title,
            "about": manifest.about,
            "jobs": [job.to_dict() for job in manifest.jobs],
        }
        place = self.path / "sweeps" / f"{manifest.name}.json"
        replace_file(place, (json_text(data, indent=1) + "\n").encode())

    def failures(self) -> dict[str, dict[str, Any]]:
        """Return why jobs have no run, by digest."""
        files = sorted((self.path / "failed").glob("*.json"))
        told = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}
        return {digest: told[digest] for digest in told if not self.is_done(digest)}

    def fail(self, job: Job, kind: str, message: str, trace: str = "") -> None:
        """Write down why a job has no run; a full disk cannot stop the batch here."""
        data = {"job": job.digest, "name": job.name, "kind": kind, "message": message}
        data |= {"trace": trace} if trace else {}
        with suppress(OSError):
            replace_file(
                self.path / "failed" / f"{job.digest}.json", json_text(data, indent=1).encode()
            )

    def forgive(self, digest: str) -> None:
        """Remove the failure of a job that is done, or tried again."""
        (self.path / "failed" / f"{digest}.json").unlink(missing_ok=True)

    @contextmanager
    def claim(self, digest: str) -> Iterator[bool]:
        """Take a job for this process; it is free again when the process ends, however it ends.

        Yields
        ------
        bool
            False where another process works on it at this moment.
        """
        place = self.path / ".claims"
        make_folder(place)
        descriptor = os.open(place / digest, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            yield _lock(descriptor)
        finally:
            os.close(descriptor)

    def sweep_up(self, digest: str) -> None:
        """Remove what killed processes left of a job; only for who holds its claim."""
        for rest in self.runs.glob(f".{digest}.*.partial"):
            shutil.rmtree(rest, ignore_errors=True)


def _lock(descriptor: int) -> bool:
    """Lock a file until it is closed; True without locks where the system has none of this kind."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
