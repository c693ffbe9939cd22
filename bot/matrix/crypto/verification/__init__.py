"""Verification by emoji: a person's client and the bot convince each other that nobody is between them."""
