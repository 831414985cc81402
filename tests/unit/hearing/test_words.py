"""Every text exists in every language, with the same fields."""

from __future__ import annotations

import importlib
import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from planner.hearing.text import file_stem
from planner.hearing.words import Words, languages, load_words

FOLDER = Path(str(importlib.import_module("planner.hearing").__file__)).parent


def used_keys() -> set[str]:
    """Return every literal key that code and templates ask for."""
    text = "\n".join(
        p.read_text(encoding="utf-8")
        for p in [*FOLDER.rglob("*.py"), *FOLDER.rglob("*.j2"), *FOLDER.rglob("app*.js")]
    )
    found = set(re.findall(r"""\b(?:words|w|t)\(\s*["']([a-z_]+\.[A-Za-z_]+)["']\s*[,)]""", text))
    found |= set(re.findall(r'data-(?:t|label)="([a-z_]+\.[A-Za-z_]+)"', text))
    for key in re.findall(r"""\bplural\(\s*["']([a-z_]+\.[A-Za-z_]+)["']""", text):
        found |= {f"{key}_one", f"{key}_many"}
    return found


def test_english_and_spanish_are_there() -> None:
    """The two languages the packet promises."""
    assert {"en", "es"} <= set(languages())


@pytest.mark.parametrize("lang", languages())
def test_no_text_is_missing(lang: str) -> None:
    """Every language has exactly the same keys, none of them empty."""
    words, english = load_words(lang), load_words("en")
    assert set(words.texts) == set(english.texts)
    assert all(text.strip() for key, text in words.texts.items() if key != "number.thousands")


@pytest.mark.parametrize("lang", languages())
def test_fields_are_the_same(lang: str) -> None:
    """A translation fills in what the original fills in."""

    def fields(words: Words) -> dict[str, set[str]]:
        return {
            key: {name for _, name, _, _ in Formatter().parse(text) if name}
            for key, text in words.texts.items()
        }

    mine, english = fields(load_words(lang)), fields(load_words("en"))
    differ = [key for key in english if mine[key] != english[key]]
    assert not differ


def test_every_key_the_code_asks_for_exists() -> None:
    """No page is made with a text that is not there."""
    assert not used_keys() - set(load_words("en").texts)


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != "en"])
def test_texts_are_translated(lang: str) -> None:
    """A translation is not a copy (short ones such as units may be)."""
    words, english = load_words(lang), load_words("en")
    same = [k for k, v in english.texts.items() if len(v) > 24 and words.texts[k] == v]
    assert not same


def test_numbers_follow_the_language() -> None:
    """Decimal mark, thousands, percent and minus sign."""
    english, spanish = load_words("en"), load_words("es")
    assert english.number(12345.678, 1) == "12,345.7"
    assert spanish.number(12345.678, 1) == "12,345.7"
    assert english.percent(0.256, 1) == "25.6%"
    assert spanish.percent(0.256, 1) == "25.6%"
    assert english.signed(3) == "+3"
    assert english.signed(-3) == "−3"
    assert english.signed(0.2) == "0"
    assert english.number(-0.2) == "0"
    assert english.number(float("nan")) == english("number.unknown")
    assert english.number(None) == english("number.unknown")


def test_dates_follow_the_language() -> None:
    """Written out, so that day and month cannot be mixed up."""
    day = date(2026, 3, 5)
    assert load_words("en").date(day) == "March 5, 2026"
    assert load_words("es").date(day) == "5 de marzo de 2026"


def test_an_unknown_language_names_those_there_are() -> None:
    """The message helps."""
    with pytest.raises(KeyError, match="en, es"):
        load_words("xx")


def test_a_file_is_named_after_its_level_without_spaces() -> None:
    """Every picture and layer of a level is found under the same beginning."""
    assert file_stem("lower school", "zone 3") == "lower_school_zone_3"
