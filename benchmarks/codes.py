"""Where a login benchmark finds the codes: one small file for each number."""

from __future__ import annotations

import os
from pathlib import Path

from doorman.protocols.sender import DeliveryReference, Message, MessageSender


class FolderSender(MessageSender):
    """Writes each code to a file named after the number, in ``BENCH_CODES``."""

    def send(self, message: Message) -> DeliveryReference:
        Path(os.environ["BENCH_CODES"], message.to).write_text(message.code)
        return DeliveryReference(sender="folder")
