"""Facts about orders, sent after commit. ``sender`` is the Order class.

The outbox has the same facts under ``omniman.<signal>``, subject ``order:<uuid>`` unless said.
"""

from django.dispatch import Signal

#: A cart became an order. Facts: ``order_uuid``, ``customer_uuid`` (None for a guest). Not sent
#: when an idempotency key is used again, nor for imported orders.
order_committed = Signal()

#: An order's status changed. Facts: ``order_uuid``, ``customer_uuid``, ``from_status``,
#: ``to_status``.
order_status_changed = Signal()

#: Money was given back. Facts: ``order_uuid``, ``customer_uuid``, ``amount`` (this refund, in minor
#: units), ``refunded_amount`` (all refunds so far).
order_refunded = Signal()

#: A batch of orders was imported. Facts: ``import_uuid``, ``customer_uuids`` (those whose orders
#: are new, each once, guests left out). The outbox has it with subject ``import:<uuid>``, payload
#: ``customer_uuids`` and ``guest_order_uuids``, the orders of guests with contacts. Not sent for a
#: batch that brought nothing new.
orders_imported = Signal()
