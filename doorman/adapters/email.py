"""E-mail through Django's configured back end."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives, get_connection

from doorman.conf import conf
from doorman.errors import DeliveryFailed
from doorman.protocols.sender import DeliveryReference, Message, MessageSender


class EmailSender(MessageSender):
    """One message with a text and an HTML part; the connection gives up after the set time."""

    def send(self, message: Message) -> DeliveryReference:
        letter = EmailMultiAlternatives(
            subject=message.subject,
            body=message.text,
            to=[message.to],
            headers={"Auto-Submitted": "auto-generated"},
            connection=get_connection(timeout=conf.SEND_TIMEOUT_SECONDS),
        )
        if message.html:
            letter.attach_alternative(message.html, "text/html")
        if not letter.send():
            raise DeliveryFailed
        return DeliveryReference(sender="email")
