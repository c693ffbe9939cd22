"""Understanding: names, vocabularies and sentences."""
