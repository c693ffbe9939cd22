"""The web port: health, readiness, metrics, and the pages of plugins."""
