"""What is remembered: the only SQL, in one dialect for two engines."""
