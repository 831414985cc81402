"""What a batch must know of a district before its workers load it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geodata import DataError, load_district

__all__ = ["KnownDistrict", "know_district"]


@dataclass(frozen=True, slots=True)
class KnownDistrict:
    """A district by its name, its digest and the names in it.

    Parameters
    ----------
    path : str
    name : str
    digest : str
        Of its content; empty where it cannot be read.
    fault : str
        Why it cannot be read.
    schools, groups : frozenset of str
    grades : mapping of level to int
        How many grades it has.
    """

    path: str
    name: str
    digest: str
    fault: str = ""
    schools: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    grades: Mapping[str, int] = field(default_factory=dict)


def know_district(path: Path) -> KnownDistrict:
    """Load a district once, for its name and digest."""
    path = path / "district.toml" if path.is_dir() else path
    try:
        district = load_district(path)
    except (DataError, OSError) as error:
        return KnownDistrict(str(path), path.parent.name, "", str(error))
    return KnownDistrict(
        str(path),
        district.name,
        district.digest(),
        schools=frozenset(map(str, district.schools.index)),
        groups=frozenset(district.students.groups),
        grades={name: len(level.span.grades) for name, level in district.levels.items()},
    )
