"""Evaluation: how well sentences that nobody tuned for are understood, and how seldom chatter is mistaken."""
