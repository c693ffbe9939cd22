"""Understanding: from a sentence to an intent, from a typed name to an id; no I/O but its data files."""
