"""Refuse tables about single persons: only counts may be read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from geodata.errors import Fault, fatal

__all__ = ["person_level_fault"]

_ANYWHERE = (
    "birthdate",
    "birthday",
    "dateofbirth",
    "dob",
    "ssn",
    "socialsecurity",
    "firstname",
    "lastname",
    "surname",
    "middlename",
    "studentname",
    "pupilname",
    "childname",
    "lastfirst",
    "dateofbirt",  # cut to ten characters in a Shapefile
    "studentid",
    "studentnumber",
    "studentnum",
    "studentno",
    "studentnu",
    "statestudentid",
    "stuid",
    "permid",
    "pupilid",
    "pupilnumber",
    "ssid",
    "guardian",
    "guardianname",
    "parentname",
    "mothername",
    "fathername",
)
_WITH_STUDENTS = ("phone", "phonenumber", "email", "emailaddress", "homeaddress", "streetaddress")


def person_level_fault(columns: Iterable[object], file: str, people: bool) -> Fault | None:
    """Return a fault where a table has columns about single persons.

    Parameters
    ----------
    columns : iterable of str
    file : str
    people : bool
        Whether the table tells of students; a table of schools may have telephone numbers.
    """
    refused = set(_ANYWHERE) | (set(_WITH_STUDENTS) if people else set())
    found = [str(name) for name in columns if _plain(name) in refused]
    if not found:
        return None
    return fatal(
        "person_level",
        file,
        f"has columns about single persons: {', '.join(found)}",
        rows=found,
        why="plans need counts by block; files about single students must not be read or copied",
        do="count the students by block first and leave these columns out",
    )


def _plain(name: object) -> str:
    return re.sub(r"[^a-z]", "", str(name).lower())
