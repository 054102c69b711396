"""The architecture document as data: rules that a founder could read aloud."""
