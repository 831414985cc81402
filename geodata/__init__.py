"""A district's own files, read as they are, checked and put into one object."""

from geodata.contiguity import ContiguityGraph
from geodata.district import District, Level, Provenance
from geodata.errors import DataError, Fault, MissingCountError
from geodata.grades import GRADES, GradeSpan
from geodata.load import CheckReport, check_district, load_district
from geodata.sources.assignment import read_assignment
from geodata.sources.district_folder import write_district
from geodata.sources.landmarks import Landmarks, read_landmarks
from geodata.sources.synthetic import synthetic_context, synthetic_district, synthetic_grid
from geodata.sources.synthetic_forecast import synthetic_forecast
from geodata.students import StudentCounts
from geodata.travel import TravelMatrix

__all__ = [
    "GRADES",
    "CheckReport",
    "ContiguityGraph",
    "DataError",
    "District",
    "Fault",
    "GradeSpan",
    "Landmarks",
    "Level",
    "MissingCountError",
    "Provenance",
    "StudentCounts",
    "TravelMatrix",
    "check_district",
    "load_district",
    "read_assignment",
    "read_landmarks",
    "synthetic_context",
    "synthetic_district",
    "synthetic_forecast",
    "synthetic_grid",
    "write_district",
]
