"""Pure rules, tested without store, chat or clock."""
