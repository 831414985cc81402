"""How much each measure of a batch depends on each key that is varied."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

__all__ = ["Dependence", "sensitivity"]


class Dependence(NamedTuple):
    """How a measure depends on a key.

    Parameters
    ----------
    least, most : float [unit of the measure]
        The least and the most mean over the values of the key.
    least_at, most_at : str
        The values they are the means of.
    explained : float [share]
        The measure's variance between the values of the key (eta squared, 0 to 1); NaN where no
        two jobs share a value: it would be 1 whatever the key does.
    """

    least: float
    least_at: str
    most: float
    most_at: str
    explained: float


def sensitivity(
    values: pd.DataFrame, settings: pd.DataFrame, keys: Sequence[str]
) -> dict[str, dict[str, Dependence]]:
    """Tell how much each measure depends on each key.

    Parameters
    ----------
    values : DataFrame
        Index job, columns measures.
    settings : DataFrame
        Index job, columns keys; jobs that do not set a key (None) do not count for it.
    keys : sequence of str

    Returns
    -------
    dict of measure to dict of key to Dependence
    """
    told: dict[str, dict[str, Dependence]] = {}
    for measure in values.columns:
        told[str(measure)] = {}
        for key in keys:
            known = values.loc[settings[key].dropna().index, measure].dropna()
            spread = float(((known - known.mean()) ** 2).sum())
            group = known.groupby(settings.loc[known.index, key].astype(str))
            means, counts = group.mean(), group.count()
            if len(means) < 2 or spread <= 0:
                continue
            between = float((counts * (means - known.mean()) ** 2).sum())
            explained = between / spread if counts.max() > 1 else math.nan
            low, high = str(means.idxmin()), str(means.idxmax())
            told[str(measure)][key] = Dependence(
                float(means[low]), low, float(means[high]), high, explained
            )
    return told
