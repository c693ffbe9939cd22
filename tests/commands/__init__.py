"""The command line, by the real command."""
