"""Tests of the PostgreSQL provider."""
