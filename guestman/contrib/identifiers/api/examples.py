"""What is asked about contacts in the API's description. The tests send each of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shopman.api.examples import Example, Ref, refs

EXAMPLES: Final[Mapping[str, Example]] = {
    "checkContacts": Example(query={"phone": "(11) 96123-0001", "email": "ana@example.com"}),
    "getContact": Example(path=refs(uuid="customer")),
    "listContactRecords": Example(path={"uuid": Ref(name="customer"), "source": "order"}),
}
