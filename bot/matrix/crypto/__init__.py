"""Encryption: the keys, who the bot is, and how people make sure of it."""
