"""StrideIQ Console: the terminal operations console of a small SaaS."""

__version__ = "0.1.0"
