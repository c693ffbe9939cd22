"""Keys: who may give them, to whom we give them, and what is kept of them."""
