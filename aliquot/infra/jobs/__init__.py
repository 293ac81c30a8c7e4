"""Jobs: work done later, on the rows of django-tasks-db.

A deed enqueues a job in its own transaction (``task.enqueue(…)``); a worker claims it with a lease,
renews the lease while it works, and marks the end. A job that fails comes back with growing waits;
a job whose worker died comes back when its lease has passed. So a job may run more than once, and
must bear it. ``settings.SCHEDULE`` names the jobs that come round by the clock.
"""
