"""Signals of the outbox."""

from django.dispatch import Signal

#: Sent after commit when events were recorded; wiring starts the relay on it. No facts.
recorded = Signal()
