"""How fast the site answers, and at what cost, against the limits of the same machine.

``python -m bench.serving --learners 1000`` starts PostgreSQL (fsync on) and the production profile,
invents people, asks for pages and saves, and writes what it saw to ``bench/results/``.
"""
