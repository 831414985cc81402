"""The hearing packet: what a room full of parents can read.

`report` writes it.  Numbers come from the run folders and pass `planner.disclosure` before the
public sees them; nothing here computes a measure of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from time import monotonic

from planner.disclosure import (
    RECORD,
    Preset,
    Published,
    Release,
    find_preset,
    kept_record,
    publish,
    published_before,
    record_text,
)
from planner.errors import RunError
from planner.hearing.figures import TODAY, Figures
from planner.hearing.map_files import write_gis, write_posters
from planner.hearing.packet import Packet, open_packet
from planner.hearing.page import render_page
from planner.hearing.translations import words_of
from planner.hearing.typeset import write_pdf
from planner.hearing.words import Words, languages
from planner.hearing.workbook import write_workbook
from planner.plan import Plan
from planner.progress import Progress, ProgressListener, silent
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
    translations: Path | str | None = None,
    progress: ProgressListener = silent,
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
    translations : Path, optional
        TOML with titles, sources and other texts of the district in the second language.
    progress : callable (Progress)
        Listens to what is being done.

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
    out, news = Path(out), _News(progress)
    news("read the runs")
    packet = open_packet(runs, day=day, adopted=adopted, public=public)
    speech = words_of(packet, Path(translations) if translations else None)
    record, release = kept_record(out), None
    if public:
        rule, folders = find_preset(preset, threshold), [Path(folder) for folder in earlier]
        before = published_before(out, packet.district, folders)
        release, now = _release(packet, rule, before, news)
        record = record_text(before, now)
    with stage_folder(out, overwrite=True, mark="index.html") as staged:
        _write(staged, packet, release, (lang, speech), news)
        if record:
            (staged / RECORD).write_text(record, encoding="utf-8")
    return out / "index.html"


class _News:
    """Tells a listener what is being done, with the time since the beginning."""

    def __init__(self, progress: ProgressListener) -> None:
        self._progress = progress
        self._start = monotonic()

    def __call__(self, phase: str, done: int | None = None, total: int | None = None) -> None:
        """Tell a phase, and how much of it is done."""
        self._progress(Progress(phase, done, total, seconds=monotonic() - self._start))

    def privacy(self, done: int, total: int) -> None:
        """Tell how much of the proof of privacy is done."""
        self("prove that no small number can be worked out", done, total)


def _release(
    packet: Packet, rule: Preset, before: Sequence[Published], news: _News
) -> tuple[Release, Published]:
    """Return what a public packet may show, and what it tells the next one to know."""
    plans = {TODAY: Plan.today(packet.district)} | {o.letter: o.plan for o in packet.options}
    numbers = Figures(packet).raw()
    return publish(packet.district, plans, numbers, preset=rule, earlier=before, tell=news.privacy)


def _write(
    folder: Path,
    packet: Packet,
    release: Release | None,
    spoken: tuple[str, Mapping[str, Words]],
    news: _News,
) -> None:
    """Write every file of the packet."""
    news("workbook")
    lang, speech = spoken
    figures, words = Figures(packet, release), speech[lang]
    files = [("page.file_workbook", write_workbook(folder / WORKBOOK, packet, figures, words).name)]
    for option in packet.options:
        news(f"PDF of option {option.letter}")
        path = folder / f"option-{option.letter}.pdf"
        write_pdf(path, packet, figures, option, words)
        files.append(("page.file_pdf", path.name))
    if packet.scenes:
        news("posters and map layers")
        write_posters(folder / "maps", packet, words)
        write_gis(folder / "gis", packet, figures)
        files += [("page.file_maps", "maps/"), ("page.file_gis", "gis/")]
    news("page")
    page = render_page(packet, figures, lang=lang, speech=speech, files=tuple(files))
    (folder / "index.html").write_text(page, encoding="utf-8")
