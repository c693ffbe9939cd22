"""Import and export: other people's formats, turned into our assertions and back."""
