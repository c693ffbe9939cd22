"""The demo: a small community of councils on a real homeserver, here and now."""
