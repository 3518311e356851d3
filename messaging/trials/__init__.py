"""A campaign's trial: who is drawn for which arm, how many it takes, and what came of it."""
