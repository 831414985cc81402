"""The run folder: everything one solve leaves behind, written whole or not at all.

`folder` publishes by rename, `record` says what run.json holds, `writer` and `reader` are the two
directions.
"""

from planner.runs.folder import stage_folder
from planner.runs.reader import Run, read_run
from planner.runs.record import plan_id
from planner.runs.writer import stage_run, write_files, write_run

__all__ = ["Run", "plan_id", "read_run", "stage_folder", "stage_run", "write_files", "write_run"]
