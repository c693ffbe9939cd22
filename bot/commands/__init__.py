"""What the single commands do; the command line only reads their words and prints their results."""
