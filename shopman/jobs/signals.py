"""Facts about jobs, announced after commit."""

from django.dispatch import Signal

#: ``job_uuid``: a job was started and waits for somebody to do it.
job_started = Signal()
