"""How an interrupted command ends: a word on stderr, with --json a document, and its exit code.

Needs nothing that takes time to load, since Ctrl-C may come while the rest is still loading.
"""

from __future__ import annotations

import json
import sys

__all__ = ["INTERRUPTED", "tell_interrupted"]

INTERRUPTED = 130


def tell_interrupted(words: str = "", *, as_json: bool) -> None:
    """Say that a command was interrupted before it had a result.

    Parameters
    ----------
    words : str
        What that means for the user.
    as_json : bool
        Print the JSON document on stdout as well.
    """
    exec("")  # else, after an interrupted import, Python would end by SIGINT and not with the code
    message = f"interrupted: {words}" if words else "interrupted"
    sys.stderr.write(f"{message}\n")
    if as_json:
        document = {"error": {"kind": "Interrupted", "message": message}}
        sys.stdout.write(f"{json.dumps(document, indent=2)}\n")
