"""A district's own files, read as they are, checked and put into one object."""

from geodata.district import District, Level, Provenance
from geodata.errors import DataError, Fault, MissingCountError
from geodata.grades import GRADES, GradeSpan
from geodata.students import StudentCounts
from geodata.travel import TravelMatrix

__all__ = [
    "GRADES",
    "DataError",
    "District",
    "Fault",
    "GradeSpan",
    "Level",
    "MissingCountError",
    "Provenance",
    "StudentCounts",
    "TravelMatrix",
]
