"""The outside systems, each behind the ports of the domain; only wiring knows them."""
