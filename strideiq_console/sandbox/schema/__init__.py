"""The world's databases: their tables and version rows, and what migration files do to them. Shares no code with what it tests."""
