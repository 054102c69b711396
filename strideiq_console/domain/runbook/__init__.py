"""Runbooks as data; ``RUNBOOKS`` lists them by name."""
