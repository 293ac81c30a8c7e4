"""Large things held by a process as they are, until the generation they were made in is over.

The local cache copies what it gives out, which costs more than the reads it saves when the thing
is a whole catalog. Emptying the cache forgets what is held too.
"""

from collections.abc import Callable
from typing import Any

from aliquot.infra import cache
from aliquot.infra.local_cache import LocalCache

_held: dict[str, tuple[str, Any]] = {}


def held[Thing](generation: str, name: str, make: Callable[[], Thing]) -> Thing:
    """What ``make`` gave in the present generation. Nobody may change it."""
    key = cache.key_for([name, LocalCache.emptied], [generation])
    kept = _held.get(name)
    if kept is not None and kept[0] == key:
        thing: Thing = kept[1]
        return thing
    thing = make()
    _held[name] = (key, thing)
    return thing
