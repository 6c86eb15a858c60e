"""Where images come from: a catalog entry, never an `if` in a node."""
