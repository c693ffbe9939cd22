"""The whole bot against a real homeserver, as people meet it."""
