"""No sender: the channel is closed."""

from __future__ import annotations

from doorman.errors import DeliveryFailed
from doorman.protocols.sender import DeliveryReference, Message, MessageSender


class NullSender(MessageSender):
    """Accepts nothing. A channel with this sender is not offered."""

    def send(self, message: Message) -> DeliveryReference:
        raise DeliveryFailed
