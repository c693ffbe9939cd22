"""What was agreed on, checked by a program."""
