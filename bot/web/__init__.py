"""The web port: health, readiness, metrics."""
