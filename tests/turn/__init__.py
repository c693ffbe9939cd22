"""The loops, with a chat made up."""
