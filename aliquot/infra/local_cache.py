"""The cache of one process (``CACHES["local"]``), which says how often it was emptied."""

from django.core.cache.backends.locmem import LocMemCache


class LocalCache(LocMemCache):
    """The framework's. ``emptied`` rises when it is emptied: whoever holds more forgets it too."""

    emptied = 0

    def clear(self) -> None:
        """Empty it."""
        LocalCache.emptied += 1
        super().clear()
