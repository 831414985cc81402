"""What each metric is called and means, read from the docstring of the function that counts it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["SCOPES", "Metric", "MetricText", "expand", "headings", "metric_json", "metric_table"]

HEADINGS = ("Maths", "Units", "Unit", "Exact", "Metric", "Plainly", "Range", "Better", "Source")
REQUIRED = ("Maths", "Range", "Better", "Unit")
DIRECTIONS = ("lower", "higher", "nearer to 0", "nearer to 1", "neither")

STRATIFIED = "_stratified"
RANDOM = "_random"
_BY_GRADE = {
    "mean": (
        "Mean over grades of `{}`, each grade among its own buildings.",
        "`sum_h w_h I_h / sum_h w_h`, see `stratified`",
    ),
    "largest": (
        "Largest over grades of `{}`, each grade among its own buildings.",
        "`max_h I_h`, see `largest`",
    ),
    "widest": (
        "Widest gap between two groups, each of them a mean over grades: `poverty_gap_stratified`.",
        "`max_ab |sum_h T_h (E_a,h - E_b,h) / sum_h T_h|`, see `stratified_gaps`",
    ),
}
SCOPES = {
    "district": "All levels together: students, ways and moves of everybody. Indices of evenness "
    "and gaps between groups are means over the levels, and `_stratified` ones over the grades of "
    "all levels, each among its own schools: those of several levels are never compared.",
    "level": "The schools of one level. `_stratified`: each of its grades among its own buildings.",
    "grade": "One grade, among the buildings that teach it.",
    "school": "One building, with all its students.",
    "group": "The members of one group, of a level or (`all`) of every level.",
}
_CHANCE = {
    "exact": "exact expectation; between two named groups the mean of seeded draws",
    "simulated": "mean of seeded draws",
}


@dataclass(frozen=True, slots=True)
class Metric:
    """One name in the metrics table and the function that counts it.

    Parameters
    ----------
    name : str
    function : callable
        Its docstring has the headings Maths, Range, Better, Unit and, optionally, Source.
    unit : str
        Instead of the function's, where one function serves several units.
    says : str
        Instead of the function's first line, where one function serves several names.
    stratified : str
        How ``<name>_stratified`` joins the grades (a key of `_BY_GRADE`); empty: it is not
        counted.
    random : str
        How ``<name>_random`` is found (``"exact"`` or ``"simulated"``); empty: it is not.
    """

    name: str
    function: Callable[..., Any]
    unit: str = ""
    says: str = ""
    stratified: str = ""
    random: str = ""


@dataclass(frozen=True, slots=True)
class MetricText:
    """What a reader has to know of a metric.

    Parameters
    ----------
    name, says, maths, range, better, unit, source : str
        `better` is one of "lower", "higher", "nearer to 0", "nearer to 1", "neither".
    """

    name: str
    says: str
    maths: str
    range: str
    better: str
    unit: str
    source: str = ""


def expand(metrics: Iterable[Metric]) -> dict[str, MetricText]:
    """Return the text of every name that may stand in the metrics table, variants included."""
    texts: dict[str, MetricText] = {}
    for metric in metrics:
        for text in _texts(metric):
            if text.name in texts:
                raise ValueError(f"two metrics are called {text.name}")
            texts[text.name] = text
    return texts


def metric_table(texts: Iterable[MetricText]) -> str:
    """Return a Markdown table of metrics."""
    lines = [
        "| metric | what it says | formula | range | better | unit | source |",
        "|---" * 7 + "|",
    ]
    for text in texts:
        cells = [f"`{text.name}`", text.says, text.maths, text.range, text.better, text.unit]
        lines.append("| " + " | ".join(c.replace("|", "\\|") for c in [*cells, text.source]) + " |")
    return "\n".join(lines)


def metric_json(texts: Iterable[MetricText]) -> list[dict[str, str]]:
    """Return metrics as plain values, for JSON."""
    return [{key: getattr(text, key) for key in MetricText.__slots__} for text in texts]


def _texts(metric: Metric) -> Iterator[MetricText]:
    """Yield a metric, its grade-stratified form and what chance alone would give."""
    forms = [_plain(metric)]
    if metric.stratified:
        says, maths = _BY_GRADE[metric.stratified]
        says = says.format(metric.name)
        forms.append(replace(forms[0], name=metric.name + STRATIFIED, says=says, maths=maths))
    yield from forms
    drawn = _CHANCE.get(metric.random)
    for form in forms if drawn else ():
        yield replace(
            form,
            name=form.name + RANDOM,
            says=f"What `{form.name}` would be if chance alone filled the schools.",
            maths=f"students drawn without replacement at the schools' sizes; {drawn}",
            better="neither",
            source="",
        )


def _plain(metric: Metric) -> MetricText:
    """Read a metric's own docstring."""
    doc = inspect.getdoc(metric.function) or ""
    told = headings(doc)
    missing = [heading for heading in REQUIRED if heading not in told]
    if missing:
        raise ValueError(f"metric {metric.name}: the docstring lacks {', '.join(missing)}")
    if told["Better"] not in DIRECTIONS:
        raise ValueError(f"metric {metric.name}: Better is one of {', '.join(DIRECTIONS)}")
    return MetricText(
        name=metric.name,
        says=metric.says or doc.split("\n\n")[0].replace("\n", " "),
        maths=told["Maths"],
        range=told["Range"],
        better=told["Better"],
        unit=metric.unit or told["Unit"],
        source=told.get("Source", ""),
    )


def headings(doc: str) -> dict[str, str]:
    """Return what stands after each heading (Maths, Units, Exact, Plainly …) of a docstring.

    A heading's text may go on over indented lines.
    """
    found: dict[str, str] = {}
    current = None
    for line in inspect.cleandoc(doc).splitlines():
        word, _, rest = line.partition(" ")
        if word in HEADINGS and rest.strip():
            current = word
            found[current] = rest.strip()
        elif current and line.startswith(" ") and line.strip():
            found[current] += " " + line.strip()
        else:
            current = None
    return found
