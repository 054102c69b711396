"""The simulated outside: a folder with its own clock, git repository and providers, driven over their wire formats."""
