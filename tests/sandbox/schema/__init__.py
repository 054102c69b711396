"""Tests of the world's databases."""
