"""Facts insights announce after commit."""

from django.dispatch import Signal

#: Sent when a customer is in another segment than before: ``customer_uuid`` (UUID),
#: ``from_segment``, ``to_segment`` (str). Not sent for a customer's first segment. The same fact is
#: the outbox event ``guestman.segment_changed``, written in the transaction of the change.
segment_changed = Signal()
