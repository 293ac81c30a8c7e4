"""Stories that cross rooms, one module each. Functions only, no models."""
