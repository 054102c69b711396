"""Tests of the entries by hand."""
