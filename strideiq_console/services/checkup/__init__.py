"""The doctor's walk through every provider: each examination asks one thing and gives findings, never an exception."""
