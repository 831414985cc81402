"""Which layer of a file, or sheet of a workbook, is meant."""

from __future__ import annotations

from geodata.errors import Fault, fatal

__all__ = ["LayerError", "one_layer"]


class LayerError(ValueError):
    """It is not known which layer of a file, or sheet of a workbook, is meant."""

    def __init__(self, message: str, names: list[str]) -> None:
        super().__init__(message)
        self.names = names

    def fault(self, label: str, what: str) -> Fault:
        """Return it as a fault of a file."""
        return fatal(
            "layer_undecided",
            label,
            str(self),
            rows=self.names,
            why=f"[{what}] reads one of them",
            do=f"state layer under [{what}]: one of {', '.join(self.names)}",
        )


def one_layer(names: list[str], wanted: str | None, word: str) -> str:
    """Return the one layer or sheet that is meant."""
    if wanted is None and len(names) > 1:
        raise LayerError(f"has several {word}s", names)
    if wanted is not None and wanted not in names:
        raise LayerError(f"has no {word} {wanted!r}", names)
    return wanted or names[0]
