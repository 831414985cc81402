"""Draw a plan by hand: one page with a map, live totals and nothing behind it.

`source` says what is edited, `desk` collects the numbers of a level, `editor` writes the page.
"""

from planner.workbench.editor import write_editor
from planner.workbench.source import Draft, open_draft

__all__ = ["Draft", "open_draft", "write_editor"]
