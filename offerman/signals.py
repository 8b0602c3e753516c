"""Signals of offerman, sent after commit."""

from django.dispatch import Signal

#: A product was created or changed. Facts: ``product_uuid`` (UUID), ``changes`` (names of the
#: changed fields, all of them for a new product). Not sent for a request that changes nothing.
product_saved = Signal()

#: A price list, or any of its items, was created, changed or removed. Facts: ``price_list_uuid``
#: (UUID). Sent once for a whole import. Not sent for a request that changes nothing.
price_list_saved = Signal()
