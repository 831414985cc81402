"""From a document to a tagged PDF that screen readers can read (PDF/UA-1)."""

from __future__ import annotations

import json
import shutil
import tempfile
from importlib import resources
from pathlib import Path
from typing import Literal

import matplotlib as mpl
import typst

from planner.hearing.document import document
from planner.hearing.document_parts import Author
from planner.hearing.figures import Figures
from planner.hearing.packet import Option, Packet
from planner.hearing.words import Words

__all__ = ["write_pdf"]

STANDARD: Literal["ua-1"] = "ua-1"


def write_pdf(path: Path, packet: Packet, figures: Figures, option: Option, words: Words) -> Path:
    """Write the document of one option as PDF/UA-1.

    Fonts are those that come with matplotlib, so the same inputs give the same pages anywhere.
    A picture without a text alternative would be an error.
    """
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    with tempfile.TemporaryDirectory(prefix="hearing-") as name:
        folder = Path(name)
        data = document(Author(packet, figures, option, words, folder))
        source = resources.files("planner.hearing") / "pdf" / "hearing.typ"
        (folder / "hearing.typ").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        typst.compile(
            folder / "hearing.typ",
            output=folder / "hearing.pdf",
            root=folder,
            font_paths=[fonts],
            ignore_system_fonts=True,
            sys_inputs={"data": "data.json"},
            pdf_standards=[STANDARD],
        )
        shutil.copyfile(folder / "hearing.pdf", path)
    return path
