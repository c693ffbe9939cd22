"""Understanding: from a sentence to an intent, from a typed name to an id; no I/O but its data files."""

import os

# A bot is no number cruncher: threads for sums this small only get in each other's way on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
