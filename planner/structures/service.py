"""What a structure does to the way to school and to classes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata.dtypes import Floats
from planner.structures.arrangement import Arrangement

__all__ = ["class_evenness", "sections", "student_metres"]

NAN = float("nan")


def student_metres(arrangement: Arrangement, metres: Floats) -> Floats:
    """Distance of the students of each block and grade, (n, G) [m]; NaN unknown.

    Parameters
    ----------
    arrangement : Arrangement
    metres : (n, m) float64 [m]
        Block to school, columns in the order of the arrangement's schools.
    """
    rows = np.arange(len(arrangement.block_ids))[:, None]
    way = np.asarray(metres, dtype=np.float64)[rows, arrangement.school_of]
    return np.where(arrangement.school_of >= 0, way, np.nan)


def sections(arrangement: Arrangement, students: Floats, class_size: Floats) -> pd.DataFrame:
    """Sections each building needs in each grade.

    Maths    ``sections = ceil(students / class_size)``, class = students / sections

    Parameters
    ----------
    arrangement : Arrangement
    students : (n, G) float64 [students]
    class_size : (G,) float64 [students]
        Largest class wanted in each grade.

    Returns
    -------
    DataFrame
        `school_id`, `grade`, `students` [students], `sections`, `students_per_section` [students].
    """
    filled = arrangement.tally(students)
    school, grade = np.nonzero(arrangement.serves())
    n = filled[school, grade]
    count = np.ceil(np.maximum(n - 1e-9, 0.0) / class_size[grade])
    size = np.divide(n, count, out=np.full(len(n), NAN), where=count > 0)
    return pd.DataFrame(
        {
            "school_id": arrangement.school_ids[school],
            "grade": np.array(arrangement.grades, dtype=object)[grade],
            "students": n,
            "sections": count,
            "students_per_section": size,
        }
    )


def class_evenness(table: pd.DataFrame, grades: tuple[str, ...]) -> pd.DataFrame:
    """Spread of class sizes over the buildings that serve a grade.

    Returns
    -------
    DataFrame
        `grade`, `buildings`, `sections`, `smallest`, `largest`, `spread` [students a section].
        One building a grade has spread 0.
    """
    by_grade = table.groupby("grade", sort=False)
    out = by_grade.agg(
        buildings=("school_id", "nunique"),
        sections=("sections", "sum"),
        smallest=("students_per_section", "min"),
        largest=("students_per_section", "max"),
    )
    out["spread"] = out["largest"] - out["smallest"]
    return out.reindex([g for g in grades if g in out.index]).reset_index()
