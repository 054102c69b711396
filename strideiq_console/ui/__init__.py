"""The terminal interface: the only floor that knows Textual."""
