"""Work that is spread over processes, piece by piece, and ends well on Ctrl-C.

Imports no models: a new process reads this module before it knows the settings.
"""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager


@contextmanager
def results[Piece, Result](
    work: Callable[[Piece], Result], pieces: Iterable[Piece], *, jobs: int
) -> Iterator[Iterator[Result]]:
    """What the work gives on each piece, as they end; one job works in this process.

    On the way out, pieces at work are finished; no other is begun. ``work`` is a function of a
    module, or a partial of one.
    """
    if jobs == 1:
        yield map(work, pieces)
        return
    pool = ProcessPoolExecutor(
        jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
    )
    try:
        yield _from_pool(pool, work, pieces, most=2 * jobs)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _from_pool[Piece, Result](
    pool: ProcessPoolExecutor,
    work: Callable[[Piece], Result],
    pieces: Iterable[Piece],
    *,
    most: int,
) -> Iterator[Result]:
    """``most`` pieces wait or are at work, however many there are."""
    waiting: set[Future[Result]] = set()
    for piece in pieces:
        waiting.add(pool.submit(_tidily, work, piece))
        if len(waiting) >= most:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in done)
    for future in waiting:
        yield future.result()


def _tidily[Piece, Result](work: Callable[[Piece], Result], piece: Piece) -> Result:
    """The work, and nothing of it left behind: the oldest generation is looked through so rarely
    (see below) that what a piece leaves in cycles would add up.
    """
    result = work(piece)
    gc.collect()
    return result


def _begin() -> None:
    """Ctrl-C reaches the whole group: this process ends its piece, the first one says stop."""
    import django

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    django.setup()
    # A piece makes many small objects and drops them all at its end: looking for cycles among
    # them after every two thousand would cost a quarter of the time.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
