"""Facts and rules: pure, frozen, without input or output. This floor knows nobody."""
