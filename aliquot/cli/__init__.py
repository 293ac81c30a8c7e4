"""Commands, one module per context; standing works without settings or a database."""
