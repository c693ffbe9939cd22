"""Other people's formats, tested on small files written by the tests."""
