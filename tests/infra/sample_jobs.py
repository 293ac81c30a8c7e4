"""Jobs for tests, importable by a worker process."""

import os
import time
from pathlib import Path

from django.tasks import TaskContext, task

from aliquot.infra.models import Generation
from aliquot.lib.errors import ConflictError

calls: list[str] = []


@task()
def note(words: str) -> str:
    calls.append(words)
    return words.upper()


@task(takes_context=True)
def note_attempt(context: TaskContext) -> None:
    calls.append(str(context.task_result.id))


@task()
def fail_always() -> None:
    calls.append("tried")
    raise ValueError("the reader is offline")


@task()
def refuse() -> None:
    calls.append("refused")
    raise ConflictError("The course is retired.")


@task()
def give_what_no_row_can_hold() -> object:
    calls.append("given")
    return object()


@task()
def hang_at_first(path: str) -> None:
    """Write who works on it; the first one never comes to an end by itself."""
    log = Path(path)
    first = not log.exists()
    with log.open("a") as stream:
        stream.write(f"{os.getpid()}\n")
    if first:
        time.sleep(600)
    Generation.objects.create(name=f"done by {os.getpid()}")
