"""A demo site in this process: seeded data and a handler that answers requests as Testmo does."""
