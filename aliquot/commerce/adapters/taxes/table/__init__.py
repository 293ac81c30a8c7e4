"""The seller's own table of rates, the default."""
