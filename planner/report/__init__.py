"""The hearing packet: what a room full of parents can read.

`report` writes it.  Numbers come from the run folders and pass `planner.disclosure` before the
public sees them; nothing here computes a measure of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from planner.disclosure import (
    RECORD,
    Published,
    Release,
    find_preset,
    kept_record,
    open_gate,
    published_before,
    record_text,
)
from planner.errors import RunError
from planner.plan import Plan
from planner.report.figures import TODAY, Figures
from planner.report.map_files import write_gis, write_posters
from planner.report.packet import Packet, open_packet
from planner.report.page import render_page
from planner.report.typeset import write_pdf
from planner.report.words import languages, load_words
from planner.report.workbook import write_workbook
from planner.runs import Run, stage_folder

__all__ = ["report"]

WORKBOOK = "tables.xlsx"


def report(
    runs: Sequence[Run | Path | str],
    out: Path | str,
    *,
    public: bool = False,
    lang: str = "en",
    day: date | None = None,
    adopted: str = "",
    preset: str = "ten",
    threshold: float | None = None,
    earlier: Sequence[Path | str] = (),
) -> Path:
    """Write the hearing packet of one or more runs.

    Parameters
    ----------
    runs : sequence of Run or Path
        Run folders, in the order of their letters A, B, C …
    out : Path
        Folder to write; a packet that is there already is replaced, the record of what public
        ones have told is kept.
    public : bool
        Leave out every number from which fewer students than the threshold could be counted.
    lang : str
        Language shown first: ``"en"`` or ``"es"``.
    day : date, optional
        Date of the packet; today without it.
    adopted : str
        Letter of the option the board has adopted.
    preset : str
        Rule of suppression of a public packet; see `planner.disclosure.PRESETS`.
    threshold : float, optional [students]
        Smallest number a public packet may show, instead of the preset's.
    earlier : sequence of Path
        Folders of earlier public packets that are not near `out`.

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
    if lang not in languages():
        raise RunError(
            f"there are no words in {lang!r}", "", f"use one of {', '.join(languages())}"
        )
    out = Path(out)
    packet = open_packet(runs, day=day, adopted=adopted)
    record, release = kept_record(out), None
    if public:
        rule, folders = find_preset(preset, threshold), [Path(folder) for folder in earlier]
        before = published_before(out, packet.district, folders)
        plans = {TODAY: Plan.today(packet.district)} | {o.letter: o.plan for o in packet.options}
        numbers = Figures(packet).raw()
        release = open_gate(packet.district, plans, numbers, preset=rule, earlier=before)
        record = record_text(before, _told(plans, release))
    with stage_folder(out, overwrite=True, mark="index.html") as staged:
        _write(staged, packet, release, lang)
        if record:
            (staged / RECORD).write_text(record, encoding="utf-8")
    return out / "index.html"


def _told(plans: Mapping[str, Plan], release: Release) -> Published:
    """Return what a public packet tells, for the next one to know."""
    values = {key: release.values[key] for key in release.told & release.values.keys()}
    return Published(plans, release.told, {**release.bounds, **release.about}, values)


def _write(folder: Path, packet: Packet, release: Release | None, lang: str) -> None:
    """Write every file of the packet."""
    figures, words = Figures(packet, release), load_words(lang)
    files = [("page.file_workbook", write_workbook(folder / WORKBOOK, packet, figures, words).name)]
    for option in packet.options:
        path = folder / f"option-{option.letter}.pdf"
        write_pdf(path, packet, figures, option, words)
        files.append(("page.file_pdf", path.name))
    if packet.scenes:
        write_posters(folder / "maps", packet, words)
        write_gis(folder / "gis", packet, figures)
        files += [("page.file_maps", "maps/"), ("page.file_gis", "gis/")]
    page = render_page(packet, figures, lang=lang, files=tuple(files))
    (folder / "index.html").write_text(page, encoding="utf-8")
