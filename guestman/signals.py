"""What guestman tells code in the same process, after commit. Each is an outbox event as well.

An outbox event is called ``guestman.<signal>``, its subject is ``customer:<uuid>`` and its payload
holds ids and the names of changed fields; values of contacts are in signals only. Receivers take
``**kwargs``: facts may be added. Nothing is sent when the transaction rolls back.
"""

from django.dispatch import Signal

#: ``customer_uuid: UUID, code: str, source: str``. Once for each new customer, bulk ones included.
customer_created = Signal()

#: ``customer_uuid: UUID, code: str``. A customer whom an import made, and nobody had to do with
#: since, was taken back with it: the row is gone.
customer_discarded = Signal()

#: ``customer_uuid: UUID, changes: {field: {"old": value, "new": value}}``. When fields of the
#: customer changed, the copies of the primary phone and e-mail and the group included. Values are
#: JSON.
customer_updated = Signal()

#: ``customer_uuid: UUID, reason: str``. The customer is gone from every look-up.
customer_deactivated = Signal()

#: ``customer_uuid: UUID``.
customer_reactivated = Signal()

#: ``customer_uuid: UUID, customer_uuids: list[UUID]``. The person was erased: the record, and those
#: that were merged into it, are empty and closed for good.
customer_erased = Signal()

#: ``customer_uuid: UUID, contact_point_uuid: UUID, kind: str, method: str``. A contact was proved,
#: or proved in another way than before.
contact_point_verified = Signal()

#: ``customer_uuid: UUID, contact_point_uuid: UUID, kind: str, reason: str``. The customer does not
#: have this contact any more; ``reason`` is ``released``, ``changed`` (another number took its
#: place) or ``superseded`` (another customer proved to have it).
contact_point_released = Signal()

#: ``customer_uuid: UUID, contact_point_uuid: UUID, unseen_days: int``. A verified contact was
#: proved again after more than ``GUESTMAN["STALE_IDENTITY_DAYS"]``: its number may have a new
#: holder.
stale_contact_proved = Signal()

#: ``customer_uuid: UUID, merged_uuid: UUID, merge_uuid: UUID``. The customer ``merged_uuid`` is an
#: alias of this one from now on: whatever asks for it gets this one.
customers_merged = Signal()

#: ``customer_uuid: UUID, merged_uuid: UUID, merge_uuid: UUID``. A merge was taken back:
#: ``merged_uuid`` is a customer of its own again.
customers_unmerged = Signal()
