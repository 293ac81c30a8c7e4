"""Stand-ins for engines of others: each says what it leaves out."""
