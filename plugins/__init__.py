"""The features, each a plugin; they don't know each other."""
