"""The hearing packet: what a room full of parents can read.

`report` writes it.  Numbers come from the run folders and pass `planner.disclosure` before the
public sees them; nothing here computes a measure of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from planner.errors import DisclosureError
from planner.report.figures import Figures
from planner.report.packet import open_packet
from planner.report.page import render_page
from planner.runs import Run, stage_folder

__all__ = ["report"]


def report(
    runs: Sequence[Run | Path | str],
    out: Path | str,
    *,
    public: bool = False,
    lang: str = "en",
    day: date | None = None,
    adopted: str = "",
) -> Path:
    """Write the hearing packet of one or more runs.

    Parameters
    ----------
    runs : sequence of Run or Path
        Run folders, in the order of their letters A, B, C …
    out : Path
        Folder to write; a packet that is there already is replaced.
    public : bool
        Leave out every number from which fewer students than the threshold could be counted.
    lang : str
        Language shown first: ``"en"`` or ``"es"``.
    day : date, optional
        Date of the packet; today without it.
    adopted : str
        Letter of the option the board has adopted.

    Returns
    -------
    Path
        ``out/index.html``.

    Raises
    ------
    RunError
        Where a run is damaged, has no plan, or is about another district; nothing is written.
    DisclosureError
        Where a public packet cannot be made safe; nothing is written.
    """
    if public:
        raise DisclosureError("public packets cannot be made yet: nothing would be hidden")
    packet = open_packet(runs, day=day, adopted=adopted)
    figures = Figures(packet, {})
    page = render_page(packet, figures, lang=lang)
    out = Path(out)
    with stage_folder(out, overwrite=True, mark="index.html") as staged:
        (staged / "index.html").write_text(page, encoding="utf-8")
    return out / "index.html"
