"""Hostile events through the whole path, at random and for as long as wanted."""
