"""Domain to rows, cells and sentences: pure functions, shared by the screens and the command line."""
