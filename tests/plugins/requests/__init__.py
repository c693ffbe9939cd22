"""Dialogue tests of the features."""
