"""The web port, over real HTTP."""
