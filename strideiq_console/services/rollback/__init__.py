"""Rolling back: what is read of the outside, what can be gone back to, and the ways that are offered (R93-R99)."""
