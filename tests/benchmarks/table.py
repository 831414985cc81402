"""Results of the benchmarks as Markdown."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from typing import Any

DASH = "–"


def as_markdown(document: dict[str, Any]) -> str:
    """Return the tables of all cases."""
    solved = [case for case in document["cases"] if case["kind"] != "growth"]
    grown = [case for case in document["cases"] if case["kind"] == "growth"]
    machine = document["machine"]
    parts = [
        "# Benchmarks",
        "",
        f"{machine['processors']} processors, {machine['system']}, Python "
        f"{machine['versions']['python']}, HiGHS {machine['versions']['highspy']}; two threads; "
        f"median of seeds {', '.join(map(str, document['seeds']))}, worst in brackets.",
        "",
    ]
    if solved:
        parts += [*solve_table(solved), ""]
    if grown:
        parts += ["## Load, check and build", "", *growth_table(grown), ""]
    faults = [
        f"- {case['name']} seed {run['seed']}: {run.get('error') or '; '.join(run['broken'])}"
        for case in document["cases"]
        for run in case["runs"]
        if run.get("error") or run.get("broken")
    ]
    if faults:
        parts += ["## Without a plan", "", *faults, ""]
    return "\n".join(parts)


def solve_table(cases: list[dict[str, Any]]) -> list[str]:
    """Return one row a case."""
    lines = [
        "| case | blocks × zones | seconds | value | bound | gap | moved | rules hold | first plan "
        "| peak memory | CP-SAT, same model and time | others |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for case in cases:
        runs = case["runs"]
        aims = [run["objectives"][0] for run in runs if run["objectives"]]
        cells = [
            case["name"],
            size_of(runs),
            f"{case['seconds']:g}",
            middle((aim["value"] for aim in aims), "{:.5g}"),
            middle((aim["bound"] for aim in aims), "{:.5g}", worst=min),
            middle((aim["gap"] for aim in aims), "{:.2%}"),
            middle((run.get("moved_share") for run in runs), "{:.1%}"),
            "yes" if all(run.get("rules_hold") for run in runs) else "NO",
            middle((run.get("first_plan_s") for run in runs), "{:.1f} s"),
            middle((memory_of(run) for run in runs), "{:.0f} MB"),
            cpsat_cell(case),
            known_cell(case),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def growth_table(cases: list[dict[str, Any]]) -> list[str]:
    """Return times of the ladder and how they grow beside n log n."""
    lines = [
        "| district | blocks × zones | load and check | arrays | model | all | pairs | rows "
        "| growth / (n log n) growth |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    before: dict[str, Any] | None = None
    for case in cases:
        run = case["runs"][0]
        if "total_s" not in run:
            lines.append(f"| {case['name']} | {run['status']} | | | | | | | |")
            continue
        parts = [run[key] for key in ("load_and_check_s", "arrays_s", "model_s", "total_s")]
        times = " | ".join(f"{seconds:.2f} s" for seconds in parts)
        growth = DASH
        if before is not None and not case["path"]:
            growth = f"{run['total_s'] / before['total_s'] / order(run, before):.2f}"
        lines.append(
            f"| {case['name']} | {size_of([run])} | {times} | {run['pairs']:,} | {run['rows']:,} "
            f"| {growth} |"
        )
        before = None if case["path"] else run
    return lines


def order(run: dict[str, Any], before: dict[str, Any]) -> float:
    """Return the ratio of n log n, with the model's pairs as n."""
    n, k = run["pairs"], before["pairs"]
    return float(n * math.log(n) / (k * math.log(k)))


def middle(values: Iterable[float | None], form: str, *, worst: Any = max) -> str:
    """Return the median, and the worst in brackets where it differs."""
    known = [value for value in values if value is not None]
    if not known:
        return DASH
    text, far = form.format(statistics.median(known)), form.format(worst(known))
    return text if text == far else f"{text} ({far})"


def size_of(runs: list[dict[str, Any]]) -> str:
    """Return blocks and zones."""
    run = next((run for run in runs if "blocks" in run), None)
    return DASH if run is None else f"{run['blocks']:,} × {run['zones']}"


def memory_of(run: dict[str, Any]) -> float | None:
    """Return the peak of the main process and two workers as large as the largest [MB]."""
    if "peak_mb" not in run:
        return None
    return float(run["peak_mb"] + 2 * run["peak_worker_mb"])


def cpsat_cell(case: dict[str, Any]) -> str:
    """Say what CP-SAT found."""
    told = case.get("cpsat")
    if told is None:
        return DASH
    if "value" not in told:
        return str(told.get("note") or told.get("error") or f"{told['status']}: no plan")
    return f"{told['value']:.5g} (bound {told['bound']:.5g})"


def known_cell(case: dict[str, Any]) -> str:
    """List the figures of others."""
    known = next((run["known"] for run in case["runs"] if run.get("known")), case["known"])
    return "; ".join(f"{name} {value:.5g}" for name, value in known.items()) or DASH
