"""The cache server that all processes share, with the database behind it for when it is away.

What lives there guards sign-in: counters of failures and used one-time codes. Without them either
nobody could sign in or everybody could guess without limit, so while the server does not answer a
table does its work: slower, but counted across all processes all the same. Counts do not move
between the two: an attacker gets the tries of one limit once more each time the server goes or
comes.
"""

import logging
import time
from functools import partialmethod
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from aliquot.infra import metrics

BEHIND = "behind"  # the table's name in settings.CACHES
PAUSE = 10.0  # seconds until a server that failed is asked again: each try may cost its timeout
QUESTIONS = (
    "add", "get", "set", "touch", "delete", "has_key", "incr",
    "get_many", "set_many", "delete_many", "clear",
)  # fmt: skip

logger = logging.getLogger("aliquot.cache")
_away_until = 0.0  # of this process, all threads: caches are made per thread


class SharedCache(RedisCache):
    """Each question goes to the server, or while that is away to the table."""

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        global _away_until  # noqa: PLW0603 (one server, so one answer for the process)
        if time.monotonic() >= _away_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except (RedisError, OSError) as error:
                _away_until = time.monotonic() + PAUSE
                metrics.CACHE_FAILURES.labels("shared").inc()
                logger.error(  # noqa: TRY400 (a line every ten seconds, not a story)
                    "the cache server is down, the database does its work: %s", error
                )
        return getattr(caches[BEHIND], name)(*args, **kwargs)


for _name in QUESTIONS:
    setattr(SharedCache, _name, partialmethod(SharedCache._ask, _name))
