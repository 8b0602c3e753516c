"""What the audit trail and the outbox say of orders and channels, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from omniman.models import Channel, ImportRun, Order
from shopman import trail_words
from shopman.trail_words import Kind, Words

_ACTIONS: Final = {
    "channel.create": _("Sales channel made"),
    "channel.update": _("Sales channel changed"),
    "import.download_rejects": _("Rejected rows downloaded"),
}


def _files(keys: Collection[UUID]) -> Mapping[UUID, str]:
    return dict(ImportRun.objects.filter(pk__in=keys).values_list("pk", "file_name"))


trail_words.name_actions(_ACTIONS)
trail_words.name_kind(
    "channel",
    Kind(
        called=_("sales channel"),
        page="omniman_channel_change",
        words=Words(fields=trail_words.fields(Channel)),
        names=trail_words.named(Channel),
    ),
)
trail_words.name_kind(
    "order",
    Kind(called=_("order"), page="omniman_order_change", names=trail_words.named(Order)),
)
trail_words.name_kind(
    "import",
    Kind(
        called=_("import"),
        page="omniman_importrun_change",
        names=_files,
    ),
)
trail_words.name_events(
    {
        "omniman.order_committed": _("An order was placed"),
        "omniman.order_status_changed": _("An order moved on"),
        "omniman.order_refunded": _("Money was given back"),
        "omniman.orders_imported": _("Orders were imported"),
    }
)
trail_words.name_commands(
    {
        "omniman_import_orders": _("the import of orders"),
        "omniman_purge": _("the clearing of carts"),
    }
)
