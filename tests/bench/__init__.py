"""Benchmarks: what things cost, as ratios to the bare round trip of the same run, and as the work grows."""
