"""Finding structures: which buildings share their zones, which grades each serves."""
