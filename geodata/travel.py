"""How far it is from each block to each school, and how that was measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geodata.dtypes import Floats
from geodata.errors import DataError

__all__ = ["TravelMatrix", "straight_line"]

Floats32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TravelMatrix:
    """Way from each block to each school; unknown stays unknown (NaN).

    Parameters
    ----------
    metres : (n_blocks, n_schools) float32 [m]
        NaN where unknown.
    minutes : (n_blocks, n_schools) float32 [min] or None
        NaN where unknown; None where no times are known at all.
    method : str
        How it was measured, for example ``"straight line × 1.3"``.
    mode : str
        Means of travel, or empty.
    label : str
        How reports name it, for example ``"straight-line km × 1.3, not road distance"``.
    detour_factor : float or None
        Where all ways are straight lines: how much longer they are taken to be.  None: otherwise
        measured, so the way to a new place is not known.
    speed_km_per_h : float or None [km/h]
        What turned those ways into minutes; None where nothing did.
    """

    metres: Floats32
    minutes: Floats32 | None
    method: str
    mode: str = ""
    label: str = ""
    detour_factor: float | None = None
    speed_km_per_h: float | None = None

    def __post_init__(self) -> None:
        for values, unit in ((self.metres, "metres"), (self.minutes, "minutes")):
            if values is None:
                continue
            if values.dtype != np.float32 or values.ndim != 2:
                raise DataError(f"travel {unit} must be a float32 matrix, got {values.dtype}")
            if bool((values < 0).any()):
                raise DataError(f"travel {unit} must not be negative")
        if self.minutes is not None and self.minutes.shape != self.metres.shape:
            raise DataError("travel metres and minutes must have the same shape")

    @property
    def reachable(self) -> NDArray[np.bool_]:
        """Whether any way from the block to the school is known, (n_blocks, n_schools)."""
        known = ~np.isnan(self.metres)
        return known if self.minutes is None else known | ~np.isnan(self.minutes)


def straight_line(
    blocks_xy: Floats,
    schools_xy: Floats,
    *,
    detour_factor: float = 1.0,
    speed_km_per_h: float | None = None,
    mode: str = "",
) -> TravelMatrix:
    """Return straight-line distances times a stated detour factor.

    Parameters
    ----------
    blocks_xy : (n_blocks, 2) float64 [m]
    schools_xy : (n_schools, 2) float64 [m]
    detour_factor : float
        How much longer the way is taken to be than the straight line.
    speed_km_per_h : float, optional [km/h]
        Speed that turns metres into minutes; without it there are no minutes.
    mode : str
        Means of travel, for the label.

    Returns
    -------
    TravelMatrix
        NaN where a point is unknown.
    """
    dx = np.subtract.outer(blocks_xy[:, 0], schools_xy[:, 0])
    dy = np.subtract.outer(blocks_xy[:, 1], schools_xy[:, 1])
    metres = (np.hypot(dx, dy) * detour_factor).astype(np.float32)
    method = f"straight line × {detour_factor:g}"
    label, minutes = f"{method} (not road distance)", None
    if speed_km_per_h is not None:
        minutes = (metres / np.float32(speed_km_per_h * 1000 / 60)).astype(np.float32)
        label = f"{method} at {speed_km_per_h:g} km/h (not road distance or time)"
    return TravelMatrix(metres, minutes, method, mode, label, detour_factor, speed_km_per_h)
