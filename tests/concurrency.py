"""Running one thing in many threads at the same moment, each with its own connection."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections


def at_once[Result](count: int, work: Callable[[int], Result]) -> list[Result]:
    """Call ``work(0)`` … ``work(count - 1)`` in threads released together; results in order.

    Use it in a test marked ``django_db(transaction=True)``. What a thread raises is raised here.
    """
    gate = threading.Barrier(count)

    def one(number: int) -> Result:
        try:
            gate.wait(timeout=120)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
