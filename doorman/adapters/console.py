"""Codes on the terminal, for development. A system check refuses it outside DEBUG."""

from __future__ import annotations

import sys

from doorman.protocols.sender import DeliveryReference, Message, MessageSender


class ConsoleSender(MessageSender):
    """Writes the whole message, code included, to standard output."""

    def send(self, message: Message) -> DeliveryReference:
        lines = [
            f"----- {message.channel} to {message.to} -----",
            message.text.strip(),
            "-----",
            "",
        ]
        sys.stdout.write("\n".join(lines))
        sys.stdout.flush()
        return DeliveryReference(sender="console")
