"""What a public packet tells; made once more from the same runs, it tells the same.

Beside what it told itself, the proof of a packet may find other worlds, and hide other numbers.
So a packet of the plans of an earlier one is decided first with only what was public before that
one in mind.  Where it then tells just what that one told, it tells nothing that is not public.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from geodata import District
from planner.disclosure.gate import Release, open_gate
from planner.disclosure.memory import Published
from planner.disclosure.record import plans_alike, told_alike
from planner.disclosure.shown import Numbers
from planner.plan import Plan
from planner.privacy import Preset

__all__ = ["publish"]


def publish(
    district: District,
    plans: Mapping[str, Plan],
    numbers: Numbers,
    *,
    preset: Preset,
    earlier: Sequence[Published] = (),
    tell: Callable[[int, int], None] | None = None,
) -> tuple[Release, Published]:
    """Decide what may be shown, and return it with what the next packet must know.

    Parameters and errors are those of `open_gate`; `earlier` is in the order of publication.
    """
    repeated = [at for at, one in enumerate(earlier) if plans_alike(one.plans, plans)]
    for at in (*repeated, len(earlier)):
        release = open_gate(
            district, plans, numbers, preset=preset, earlier=earlier[:at], tell=tell
        )
        values = {key: release.values[key] for key in release.told & release.values.keys()}
        now = Published(plans, release.told, {**release.bounds, **release.about}, values)
        if at < len(earlier) and told_alike(now, earlier[at]):
            break
    return release, now
