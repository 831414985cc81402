"""The integer program: the only place that writes plans for a solver and knows PuLP and HiGHS.

Models go to HiGHS as arrays; their PuLP form is for reading them and for other solvers.

In the order in which a problem passes through it:

layout, pairs           which (block, zone) pairs are columns; how they border on each other
sheet, rows             a model being written; a finished model, its names, its PuLP form
expression, amounts     amounts as sums over columns, with tallies, ratios, borders, linearise
write                   the table of contents: terms to rows, whole or for a neighbourhood
contiguity, dominators  rows that keep zones in one piece
separation              cuts that a point between plans, or a plan in pieces, breaks
scaling, highs, solve   hand-over to HiGHS and an honest reading of what came back
certificate, bound      lower bounds proven by weak duality
neighbourhood           one step of large-neighbourhood search
exact                   the cut loop to proven optimality
feasibility, diagnose   proofs that no plan exists; the rules in conflict; `relax`: the least each
                        must give way
text                    a model to read
"""
