"""The files of pages: templates, styles and programs, as they lie in ``page/`` of a package."""

from __future__ import annotations

from functools import partial
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined

__all__ = ["page_source", "page_templates"]


def page_source(package: str, name: str) -> str:
    """Return the text of a file of a package's ``page/``."""
    return (resources.files(package) / "page" / name).read_text(encoding="utf-8")


def page_templates(package: str) -> Environment:
    """Return the templates of a package; a name they do not know is an error, never a blank."""
    return Environment(
        loader=FunctionLoader(partial(page_source, package)), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
