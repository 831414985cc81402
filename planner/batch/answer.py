"""The answer of a batch folder: its tables and its page, made anew from all its runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planner.batch.folder import BatchFolder, Manifest
from planner.batch.good_plans import good_plans
from planner.batch.page import render_page
from planner.batch.standing import further_parts
from planner.batch.summary import write_summaries
from planner.batch.tables import EXCEL_ROWS, gather, write_table
from planner.batch.view import Part, make_view
from planner.runs.folder import replace_file

__all__ = ["Answer", "write_answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """Where the answer is, and how each job ended.

    Parameters
    ----------
    table, page : Path
    status_of : mapping of digest to status
        Of run.json, or FAILED, or MISSING.
    """

    table: Path
    page: Path
    status_of: Mapping[str, str]

    def statuses(self, manifest: Manifest) -> dict[str, int]:
        """Count how the jobs of one sweep ended."""
        return dict(sorted(Counter(self.status_of[j.digest] for j in manifest.jobs).items()))


def write_answer(batch: BatchFolder) -> Answer:
    """Write results.parquet, results.csv, runs.parquet, runs.csv, summaries and index.html."""
    manifests = batch.manifests()
    tables = gather(batch, manifests)
    write_table(tables.results, batch.path / "results.parquet")
    write_table(tables.runs, batch.path / "runs.parquet")
    page = batch.path / "index.html"
    view = make_view(tables, manifests)
    best = [job for jobs in good_plans(view).values() for job in jobs]
    summaries = write_summaries(batch, view)
    parts = further_parts(batch, manifests, tables, best)
    if len(tables.results) > EXCEL_ROWS:
        parts.append(_too_long(len(tables.results)))
    replace_file(page, render_page(view, manifests, parts, summaries).encode())
    status_of = dict(zip(tables.runs["job"], tables.runs["status"], strict=True))
    return Answer(batch.path / "results.parquet", page, status_of)


def _too_long(rows: int) -> Part:
    """Say that Excel does not show the whole table, which is whole in both its files."""
    told = (
        f"results.csv has {rows:,} rows; Excel shows the first {EXCEL_ROWS:,} of them and no word "
        "about the rest. runs.csv has a row a scenario; results.parquet and results.csv are whole."
    )
    return Part("The table is longer than Excel's", (told,), "Rows", ("table", "rows"),
                (("results.csv", rows),))  # fmt: skip
