"""What goes wrong between a bot, its homeserver and its database, done on purpose."""
