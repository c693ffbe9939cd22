"""What an operator sets, and what the bot starts from: settings, the example file, the starter register."""
