"""The outside: the only place that knows Matrix and matrix-nio."""
