"""The memory of a folder: which numbers its public packets have told so far.

Two packets that are each safe can together give a small number away.  Every public packet
therefore leaves a file that says which plans and which numbers it has shown.  The file holds
nothing that the packet itself does not show, so it may be handed out with it.  The next packet
in its place, or near it, is decided with those numbers in mind.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from geodata import District
from planner.disclosure.memory import Published, is_about
from planner.errors import DisclosureError, PlanError
from planner.plan import Plan

__all__ = [
    "RECORD",
    "kept_record",
    "plans_alike",
    "published_before",
    "record_text",
    "told_alike",
]

RECORD = "public-record.json"
_NEAR = ("*", "*/*")  # folders beside, and in those beside


def published_before(
    out: Path, district: District, folders: Sequence[Path] = ()
) -> list[Published]:
    """Return what public packets have told: in a folder, near it, and in other given folders.

    Near are the folders in it, beside it, in those beside it, around it and beside that one.

    Parameters
    ----------
    out : Path
        Folder of the new packet.
    district : District
        Packets elsewhere that are about other blocks are left aside.
    folders : sequence of Path
        Further folders to look in, and in the folders in them.

    Raises
    ------
    DisclosureError
        Where a record cannot be read, or a given folder has none: nobody could say what is public
        already.
    """
    own = out / RECORD
    found = _read_file(own)
    seen = {own.resolve()}
    for file in [*_near(out), *(file for folder in folders for file in _given(folder))]:
        if file.resolve() not in seen:
            seen.add(file.resolve())
            found += [packet for packet in _read_file(file) if is_about(packet, district)]
    return _distinct(found)


def record_text(earlier: Sequence[Published], now: Published) -> str:
    """Return the record to be left in the folder: everything told there, now included."""
    entries = [_write(one) for one in _distinct([*earlier, now])]
    return json.dumps({"schema": 2, "packets": entries}, indent=1, sort_keys=True) + "\n"


def kept_record(out: Path) -> str:
    """Return the record that stands in a folder already; empty where there is none."""
    file = out / RECORD
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def plans_alike(one: Mapping[str, Plan], other: Mapping[str, Plan]) -> bool:
    """Tell whether two packets show the same plans under the same letters."""
    return _write(Published(one, frozenset())) == _write(Published(other, frozenset()))


def told_alike(one: Published, other: Published) -> bool:
    """Tell whether two packets tell the same of the same plans."""
    return _write(one) == _write(other)


def _near(out: Path) -> Iterator[Path]:
    """Yield the records in the folders around a folder."""
    here = out.resolve()
    yield from sorted(here.glob(f"*/{RECORD}"))
    for pattern in _NEAR:
        yield from sorted(here.parent.glob(f"{pattern}/{RECORD}"))
    yield from (folder / RECORD for folder in (here.parent, here.parent.parent))
    yield from sorted(here.parent.parent.glob(f"*/{RECORD}"))


def _given(folder: Path) -> list[Path]:
    """Return the records of a folder that somebody has named."""
    found = [folder / RECORD, *sorted(folder.glob(f"*/{RECORD}"))]
    found = [file for file in found if file.is_file()]
    if not found:
        raise DisclosureError(
            f"there is no {RECORD} in {folder}",
            "without it nobody can say which numbers are public already",
            "give the folder of an earlier public packet",
        )
    return found


def _read_file(file: Path) -> list[Published]:
    if not file.is_file():
        return []
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))["packets"]
        return [_read(entry, str(file.parent)) for entry in entries]
    except (ValueError, KeyError, TypeError, zlib.error, PlanError) as error:
        raise DisclosureError(
            f"{file} cannot be read: {error}",
            "it says which numbers are public already",
            "put the original file back, or publish in an empty folder",
        ) from error


def _distinct(packets: Sequence[Published]) -> list[Published]:
    """Leave out packets that tell what another one tells."""
    seen: dict[str, Published] = {}
    for packet in packets:
        seen.setdefault(json.dumps(_write(packet), sort_keys=True), packet)
    return list(seen.values())


def _write(packet: Published) -> dict[str, Any]:
    return {
        "plans": {name: _pack(plan) for name, plan in sorted(packet.plans.items())},
        "shown": [[*key, packet.values.get(key)] for key in sorted(packet.shown)],
        "bounds": [[list(key), *ends] for key, ends in sorted(packet.bounds.items())],
    }


def _read(entry: Mapping[str, Any], folder: str) -> Published:
    bounds = {tuple(key): (float(low), float(high)) for key, low, high in entry["bounds"]}
    told = {tuple(map(str, row[:5])): row[5] if len(row) > 5 else None for row in entry["shown"]}
    plans = {str(name): _unpack(text) for name, text in entry["plans"].items()}
    values = {key: float(value) for key, value in told.items() if value is not None}
    shown: Any = frozenset(told)
    return Published(plans, shown, bounds, values, folder)  # type: ignore[arg-type]


def _pack(plan: Plan) -> str:
    text = plan.table.to_csv(index=False, lineterminator="\n")
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def _unpack(text: str) -> Plan:
    table = zlib.decompress(base64.b64decode(text)).decode()
    columns, *body = csv.reader(io.StringIO(table, newline=""))
    return Plan(pd.DataFrame(body, columns=columns))
