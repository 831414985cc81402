"""One job: a scenario, a district and a seed, named by the digest of all that decides its plan."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import geodata
import planner
from planner.runs.record import decisive, json_text, versions

__all__ = ["Job", "job_digest", "version_digest"]

_NOT_DECIDING = ("title", "notes")


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker is handed, and what the tables say about it.

    Parameters
    ----------
    digest : str
        Its name, and that of its run folder.
    name : str
        For people: what it varies.
    variation : str
    settings : mapping of key to value
        What it varies, in plain values.
    district : str
        Path of the district file.
    district_name : str
    district_digest : str
        Of the district's content; empty where it could not be read.
    seed : int
    scenario : mapping
        The resolved scenario.
    parent : str
        Digest of the job whose plan the search starts from, or takes over; empty for none.
    own : str
        Digest of the scenario's own search, where it takes over the plan of another; else empty.
    fault : str
        Why it cannot be run at all, in words; empty where it can.
    """

    digest: str
    name: str
    variation: str
    settings: Mapping[str, Any]
    district: str
    district_name: str
    district_digest: str
    seed: int
    scenario: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""
    own: str = ""
    fault: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values, for the manifest."""
        return asdict(self)


@functools.cache
def version_digest() -> str:
    """Return a digest of the versions and the source that a plan may depend on."""
    whole = hashlib.sha256(json_text(versions()).encode())
    for package in (geodata, planner):
        home = Path(str(package.__file__)).parent
        for path in sorted(home.rglob("*.py")):
            whole.update(f"\n{path.relative_to(home.parent).as_posix()}\n".encode())
            whole.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return whole.hexdigest()[:16]


def job_digest(scenario: Mapping[str, Any], district_digest: str, seed: int, parent: str) -> str:
    """Return the name of a job: the digest of district, scenario, seed, version and parent.

    Titles and the places of files do not count; the time or iterations allowed do.
    """
    said = sorted(decisive(scenario).items())
    asked = {key: value for key, value in said if key not in _NOT_DECIDING}
    parts = [district_digest, json_text(asked), str(seed), version_digest(), parent]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
