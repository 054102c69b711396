"""Tests of the command provider."""
