"""Stand-ins for what doorman asks and sends through."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from doorman.adapters.memory import MemoryResolver
from doorman.protocols.customer import ContactKind, DoormanCustomerInfo, Method
from doorman.protocols.sender import DeliveryReference, Message, MessageSender


class Outbox(MessageSender):
    """Keeps messages in ``sent``, newest last. Fails as often as ``failures`` says, first."""

    sent: ClassVar[list[Message]] = []
    tried: ClassVar[list[UUID]] = []
    failures: ClassVar[int] = 0

    def send(self, message: Message) -> DeliveryReference:
        Outbox.tried.append(message.idempotency_key)
        if Outbox.failures:
            Outbox.failures -= 1
            raise TimeoutError(f"no answer for {message.to} with {message.code}")
        self.sent.append(message)
        return DeliveryReference(sender="outbox")

    @classmethod
    def reset(cls) -> None:
        cls.sent.clear()
        cls.tried.clear()
        cls.failures = 0


class Directory(MemoryResolver):
    """The null resolver, with a log of questions and a switch that takes it down."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.is_down = False

    def reset(self) -> None:
        self.asked.clear()
        self.is_down = False
        self._customers.clear()

    def _ask(self, name: str) -> None:
        self.asked.append(name)
        if self.is_down:
            raise ConnectionError("the directory does not answer")

    def get_by_phone(self, phone: str) -> DoormanCustomerInfo | None:
        self._ask("get_by_phone")
        return super().get_by_phone(phone)

    def get_by_email(self, email: str) -> DoormanCustomerInfo | None:
        self._ask("get_by_email")
        return super().get_by_email(email)

    def get_by_uuid(self, uuid: UUID) -> DoormanCustomerInfo | None:
        self._ask("get_by_uuid")
        return super().get_by_uuid(uuid)

    def create_for_phone(self, phone: str, *, method: Method = "otp_sms") -> DoormanCustomerInfo:
        self._ask("create_for_phone")
        return super().create_for_phone(phone, method=method)

    def mark_verified(self, uuid: UUID, *, kind: ContactKind, value: str, method: Method) -> None:
        self._ask("mark_verified")


#: One for the whole test, however often settings change: ports forget what they made.
directory = Directory()
