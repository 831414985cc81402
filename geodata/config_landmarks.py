"""What a district file may say about addresses, streets and water: for maps and look-ups only."""

from __future__ import annotations

from typing import Literal

from geodata.config_basics import Column, FileConfig, PointsConfig

__all__ = ["AddressesConfig", "LinesConfig"]


class AddressesConfig(PointsConfig):
    """Addresses with a point each, so that a family can look up its school.

    Parameters
    ----------
    address : column
        The whole address ("12 Oak Street"); or `number` and `street`.
    number, street : column
    """

    address: Column | None = None
    number: Column | None = None
    street: Column | None = None


class LinesConfig(FileConfig):
    """A layer of streets, rivers or rails to draw on maps; streets can be looked up by name.

    Parameters
    ----------
    name : column
    kind : {"street", "road", "highway", "river", "rail", "other"}
        How it is drawn.
    """

    name: Column | None = None
    kind: Literal["street", "road", "highway", "river", "rail", "other"] = "street"
