"""The memory of a folder: which numbers its public packets have told so far.

Two packets that are each safe can together give a small number away.  Every public packet
therefore leaves a file that says which plans and which numbers it has shown (no number that it
has not); the next packet beside it, or in its place, is decided with those in mind.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from geodata import District
from planner.disclosure.gate import Published
from planner.errors import DisclosureError
from planner.plan import Plan

__all__ = ["RECORD", "published_before", "record_text"]

RECORD = "public-record.json"


def published_before(out: Path, district: District) -> list[Published]:
    """Return what public packets in a folder, and in the folders beside it, have told.

    Packets about other counts of students (another year, say) are left aside.

    Parameters
    ----------
    out : Path
        Folder of the new packet.
    district : District

    Raises
    ------
    DisclosureError
        Where a record cannot be read: nobody could say what is public already.
    """
    files = [out / RECORD, *sorted(out.resolve().parent.glob(f"*/{RECORD}"))]
    wanted, found, seen = _counts_digest(district), [], set()
    for file in files:
        if not file.is_file() or file.resolve() in seen:
            continue
        seen.add(file.resolve())
        try:
            entries = json.loads(file.read_text(encoding="utf-8"))["packets"]
            found += [_read(entry) for entry in entries if entry["students"] == wanted]
        except (ValueError, KeyError, TypeError, zlib.error) as error:
            raise DisclosureError(
                f"{file} cannot be read: {error}",
                "it says which numbers are public already",
                "put the original file back, or publish in an empty folder",
            ) from error
    return _distinct(found)


def record_text(district: District, earlier: Sequence[Published], now: Published) -> str:
    """Return the record to be left in the folder: everything told there, now included."""
    digest = _counts_digest(district)
    entries = [_write(one, digest) for one in _distinct([*earlier, now])]
    return json.dumps({"schema": 1, "packets": entries}, indent=1, sort_keys=True) + "\n"


def _counts_digest(district: District) -> str:
    table = district.students.table
    digest = hashlib.sha256(repr(list(table.columns)).encode())
    digest.update("\n".join(map(str, table.index)).encode())
    digest.update(table.to_numpy(dtype=float).tobytes())
    return digest.hexdigest()


def _distinct(packets: Sequence[Published]) -> list[Published]:
    """Leave out packets that tell what another one tells."""
    seen: dict[str, Published] = {}
    for packet in packets:
        seen.setdefault(json.dumps(_write(packet, ""), sort_keys=True), packet)
    return list(seen.values())


def _write(packet: Published, students: str) -> dict[str, Any]:
    return {
        "students": students,
        "plans": {name: _pack(plan) for name, plan in sorted(packet.plans.items())},
        "shown": sorted(map(list, packet.shown)),
        "bounds": [[list(key), *ends] for key, ends in sorted(packet.bounds.items())],
    }


def _read(entry: Mapping[str, Any]) -> Published:
    bounds = {tuple(key): (float(low), float(high)) for key, low, high in entry["bounds"]}
    shown = frozenset(tuple(map(str, key)) for key in entry["shown"])
    plans = {str(name): _unpack(text) for name, text in entry["plans"].items()}
    return Published(plans, shown, bounds)  # type: ignore[arg-type]


def _pack(plan: Plan) -> str:
    text = plan.table.to_csv(index=False, lineterminator="\n")
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")


def _unpack(text: str) -> Plan:
    table = zlib.decompress(base64.b64decode(text)).decode()
    return Plan(pd.read_csv(io.StringIO(table), dtype=str, keep_default_na=False))
