"""Template tags of the pages, one module per context."""
