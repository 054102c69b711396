"""Tests of the Redis provider."""
