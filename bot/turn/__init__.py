"""The loops: hear, fill, think, say; joined by the database alone."""
