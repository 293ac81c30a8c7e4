"""What never changes once it is written, held by a process as it is: published course versions.

Nothing here grows stale, so nothing is invalidated; what was not asked for longest makes room.
Emptying the local cache forgets all of it. Whatever is held is shared by threads and read only.
"""

from collections.abc import Callable
from functools import lru_cache, wraps

from aliquot.infra.local_cache import LocalCache


def fixed[Thing](most: int) -> Callable[[Callable[[int], Thing]], Callable[[int], Thing]]:
    """Keep the last ``most`` different answers of a function of an id. A failure is not kept."""

    def decorate(make: Callable[[int], Thing]) -> Callable[[int], Thing]:
        @lru_cache(maxsize=most)
        def kept(_emptied: int, key: int) -> Thing:
            return make(key)

        @wraps(make)
        def given(key: int) -> Thing:
            return kept(LocalCache.emptied, key)

        return given

    return decorate
