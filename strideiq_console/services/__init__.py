"""What the console does with facts: feeds, the board, the engine that carries out plans."""
