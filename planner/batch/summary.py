"""A page of each run for people: what was asked, what came of it, and where its files are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from geodata.reserved import ALL
from planner.batch.folder import BatchFolder
from planner.batch.plain_names import key_words, plain_name, plain_status
from planner.batch.tables import plain_setting
from planner.batch.view import View, called, short
from planner.metrics import metric_texts
from planner.pages import page_source, page_templates
from planner.runs.folder import replace_file
from planner.scenario import parse_scenario
from planner.scenario.words import sentences

__all__ = ["write_summaries"]


def write_summaries(batch: BatchFolder, view: View) -> dict[str, str]:
    """Write summaries/<job>.html for each run with a plan.

    Returns
    -------
    dict of job to str
        Path of each, from the batch folder.
    """
    page, css = (
        page_templates("planner.batch").get_template("run.html.j2"),
        page_source("planner.batch", "sweep.css"),
    )
    rows, results = view.rows, view.tables.results
    known = results[results["scope"].isin(["aim", "district"])]
    numbers = dict(iter(known.groupby("job")))
    written: dict[str, str] = {}
    for job in view.tables.found:
        asked = view.tables.jobs[job]
        text = page.render(
            css=css,
            plain_status=plain_status,
            name=called(view, job),
            row=rows.loc[job].to_dict(),
            settings=[
                (key_words(key), plain_setting(value))
                for key, value in asked.settings.items()
                if value is not None
            ],
            sentences=sentences(parse_scenario(asked.scenario))[2:],
            numbers=list(_numbers(numbers.get(job, known.iloc[:0]))),
        )
        written[job] = f"summaries/{job}.html"
        replace_file(batch.path / written[job], text.encode())
    return written


def _numbers(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the aims, then what the district's metrics say, beside today's."""
    texts = metric_texts()
    for row in rows.to_dict("records"):
        is_aim, metric = row["scope"] == "aim", str(row["metric"])
        text = texts.get(metric)
        if not is_aim and (text is None or text.better == "neither"):
            continue
        group = "" if row["group"] == ALL else f" ({row['group']})"
        yield {
            "label": ("aim: " + metric.replace("_", " ") if is_aim else plain_name(metric)) + group,
            "says": "" if is_aim or text is None else text.says,
            "today": short(row["baseline"]),
            "plan": short(row["plan"]),
            "unit": row["unit"],
        }
