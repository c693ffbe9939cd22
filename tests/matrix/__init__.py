"""The outside: what Matrix sends, and what hostile servers might."""
