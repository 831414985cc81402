"""Batch what-ifs: hundreds of scenarios, one answer, nothing lost.

`sweep_file` reads what is to be varied, `expand` makes jobs of it, `loop` has them done by a
pool (`pools`) of workers (`worker`), `folder` is where their runs are, `tables` and `page` are
the answer.  `pareto` traces a front, `robustness` and `ensemble` ask how plans stand up.
"""
