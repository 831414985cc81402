"""Set plans side by side: the same measures, what got better and worse, and for whom."""

from __future__ import annotations

from collections.abc import Sequence

from planner.comparison.comparison import Comparison, put_together
from planner.comparison.sources import Source, options
from planner.comparison.words import headline_table, tell

__all__ = ["Comparison", "compare", "headline_table", "tell"]


def compare(runs: Sequence[Source], *, names: Sequence[str] | None = None) -> Comparison:
    """Put plans beside each other and beside today's.

    Parameters
    ----------
    runs : sequence of Evaluation, Run, or folder of a run
    names : sequence of str, optional
        What they are called; titles or folder names by default.

    Returns
    -------
    Comparison
        `table` as a DataFrame, `to_dict()` for JSON, `tell(comparison)` as text.

    Raises
    ------
    RunError
        Where nothing is given, a folder is no whole run, or a run holds no plan.
    """
    return put_together(options(runs, names))
