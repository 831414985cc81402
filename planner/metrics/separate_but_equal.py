"""The warning that a smaller gap between groups was bought with separate schools."""

from __future__ import annotations

from collections.abc import Mapping

LEAST_FALL = 0.001
"""A parity gap that falls by less [share], a tenth of a point, is told as unchanged."""


def separate_but_equal(
    parity: tuple[float, float],
    separation: Mapping[str, tuple[float, float]],
    tolerance: float = 0.005,
    least_fall: float = LEAST_FALL,
) -> tuple[str, ...]:
    """Tell which groups a plan separates more while the gap between groups in poverty shrinks.

    Maths    parity gap falls by ``least_fall`` or more, and any isolation above composition
             (``xPx - Q``) or any dissimilarity rises by more than the tolerance
    Range    0 (no) or 1 (yes: these groups)
    Better   lower
    Unit     flag
    Source   this project, after Brown v. Board of Education 1954

    Parameters
    ----------
    parity : (today, plan) [share]
        Parity gap.
    separation : mapping of a name to (today, plan)
        Isolation above composition and dissimilarity, one entry each.
    tolerance : float
        Rises up to this much are not flagged.
    least_fall : float [share]
        A gap that falls by less, a tenth of a point, is as today: nothing was bought with it.

    Returns
    -------
    tuple of str
        Names that rise, sorted; empty where the parity gap does not fall.
    """
    today, plan = parity
    if not today - plan >= least_fall:
        return ()
    return tuple(sorted(name for name, (was, now) in separation.items() if now - was > tolerance))
