"""The web server: gunicorn with threads, stopped as cleanly by Ctrl-C as by SIGTERM."""

import gc
import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.urls import get_resolver
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from aliquot.cli import warming
from aliquot.infra.jobs.worker import Worker
from aliquot.lib.errors import AliquotError

MAX_CONNECTIONS = 500
# Longer than a proxy keeps its idle connections (nginx: 60), so that it is the proxy who closes.
KEEP_ALIVE_SECONDS = 75
# A thread keeps its turn until it waits for something, or this long. A page or a document takes 5
# to 15 ms: two made at once by turns of the usual 5 ms cost a tenth more than one by one.
TURN_SECONDS = 0.02


def usual_workers() -> int:
    """One process per core, in the demonstration one."""
    return 1 if settings.IS_DEMO else os.cpu_count() or 1


def run(
    *, host: str, port: int, workers: int, threads: int, with_jobs: bool, grace_seconds: int
) -> int:
    """Serve until stopped; returns the exit code.

    Raises AliquotError when the port is taken. With ``with_jobs`` every process also runs jobs.
    """
    warming.one_heap()
    sys.setswitchinterval(TURN_SECONDS)
    listener = bind(host=host, port=port)
    if workers > 1:
        _share_counts(settings.DATA / "metrics" / str(port))
    options: dict[str, Any] = {
        "bind": f"fd://{listener.detach()}",
        "worker_class": f"{__name__}.QuietWorker",
        "workers": workers,
        "threads": threads,
        "worker_connections": MAX_CONNECTIONS,
        "graceful_timeout": grace_seconds,
        "preload_app": True,
        "keepalive": KEEP_ALIVE_SECONDS,
        "loglevel": "warning",
        "logger_class": f"{__name__}.OneLog",
        "control_socket_disable": True,
        "forwarded_allow_ips": "",  # settings decide which proxy is believed
        "pre_fork": _before_fork,
        "when_ready": lambda _arbiter: print(_welcome(host, port), flush=True),
        "post_worker_init": _start_jobs if with_jobs else lambda _worker: None,
        "worker_exit": _stop_jobs,
    }
    if Path("/dev/shm").is_dir():  # noqa: S108 (gunicorn's heartbeat file: no disk behind it)
        options["worker_tmp_dir"] = "/dev/shm"  # noqa: S108
    try:
        EvenArbiter(Site(options)).run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def bind(*, host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else so that a busy port is one sentence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise AliquotError(
            f"Cannot listen on {host} port {port}: {os.strerror(error.errno or 0)}. "
            "Stop what uses it, or set PORT (and HOST) to something else."
        ) from error
    return listener


class Site(BaseApplication):  # type: ignore[misc]
    """Our options and our application, nothing read from files or the command line."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options over."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, with every view imported and the catalog read for all processes: no
        first visitor waits for that, and it lies in memory once.
        """
        application = get_wsgi_application()
        _ = get_resolver().url_patterns
        warming.warm(application)
        return application


class OneLog(Logger):  # type: ignore[misc]
    """The server's own words go where all logs go, in the same form."""

    def setup(self, cfg: Any) -> None:
        """As gunicorn does, without handlers of its own."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class EvenArbiter(Arbiter):  # type: ignore[misc]
    """Ctrl-C lets requests finish just as SIGTERM does; gunicorn would cut them off."""

    def handle_int(self) -> None:
        """Ctrl-C."""
        self.handle_term()


class QuietWorker(ThreadWorker):  # type: ignore[misc]
    """A terminal sends Ctrl-C to every process of the group, so workers must bear it too."""

    jobs: Worker | None = None
    is_ending = False

    def init_signals(self) -> None:
        """As gunicorn does, but SIGINT ends as gently as SIGTERM."""
        super().init_signals()
        signal.signal(signal.SIGINT, self.handle_exit)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop accepting, let requests finish; jobs take no new work from now on.

        A Ctrl-C reaches this process twice, and the second signal may interrupt this very handler:
        it must not wait for the lock inside the event that the first is setting.
        """
        if self.is_ending:
            return
        self.is_ending = True
        if self.jobs is not None:
            self.jobs.stopping.set()
        super().handle_exit(sig, frame)


def _share_counts(folder: Path) -> None:
    """Let the processes count requests together; before anything imports the metrics library."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _before_fork(_arbiter: Arbiter, _worker: QuietWorker) -> None:
    """Nothing that is open is shared; what is loaded stays shared, as the collector leaves it."""
    connections.close_all()
    gc.collect()
    gc.freeze()


def _start_jobs(worker: QuietWorker) -> None:
    worker.jobs = Worker()
    worker.jobs.start()


def _stop_jobs(_arbiter: Arbiter, worker: QuietWorker) -> None:
    if worker.jobs is not None:
        worker.jobs.stop(seconds=0.3)


def _welcome(host: str, port: int) -> str:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return f"Aliquot is at {settings.SITE_URL} (listening on {where}); Ctrl-C stops it."
