"""Verification by emoji, without a homeserver."""
