"""The commands, one file each; `planner.cli` lists them."""
