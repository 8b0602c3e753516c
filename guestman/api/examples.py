"""What is asked of guestman's API in its description. The tests send each of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shopman.api.examples import Example, refs

_VERSION: Final = {"If-Match": '"1"'}
_CUSTOMER: Final = refs(uuid="customer")
_CONTACT: Final = refs(uuid="customer", contact="contact")
_ADDRESS: Final = refs(uuid="customer", address="address")
_IDENTITY: Final = refs(uuid="customer", identity="identity")
_GROUP: Final = refs(uuid="group")

EXAMPLES: Final[Mapping[str, Example]] = {
    "listCustomers": Example(query={"q": "araujo", "page_size": "2"}),
    "createCustomer": Example(
        body={
            "code": "INES",
            "first_name": "Inês",
            "last_name": "Peixoto",
            "phone": "(11) 96123-4567",
            "email": "ines@example.com",
            "group": "club",
        },
        headers={"Idempotency-Key": "6d1f0a3e-9d5c-4a39-8f0b-2f6f4f3b7c11"},
    ),
    "getCustomer": Example(path=_CUSTOMER),
    "changeCustomer": Example(
        path=refs(uuid="other_customer"),
        body={"last_name": "Lima Brandão", "birth_date": "1988-07-23"},
        headers={"If-Match": '"1"'},
    ),
    "deactivateCustomer": Example(
        path=refs(uuid="other_customer"), body={"reason": "Asked for it by phone."}
    ),
    "reactivateCustomer": Example(path=refs(uuid="inactive_customer")),
    "getCustomerPriceList": Example(path=_CUSTOMER),
    "listCustomerChanges": Example(path=refs(uuid="other_customer")),
    "listContactPoints": Example(path=_CUSTOMER, query={"released": "false"}),
    "addContactPoint": Example(
        path=_CUSTOMER,
        body={"kind": "phone", "value": "+55 11 3456-7890", "is_shared": True},
        headers={"Idempotency-Key": "0f1e6c7a-52a4-4f0e-bf6b-0d2c9b6a1e22"},
    ),
    "getContactPoint": Example(path=_CONTACT),
    "removeContactPoint": Example(path=refs(uuid="customer", contact="unverified")),
    "verifyContactPoint": Example(
        path=refs(uuid="customer", contact="unverified"),
        body={"reference": "Answered a call at the shop."},
    ),
    "makeContactPointPrimary": Example(path=refs(uuid="customer", contact="unverified")),
    "releaseContactPoint": Example(path=_CONTACT),
    "changePhone": Example(
        path=_CUSTOMER,
        body={"phone": "+55 11 97777-1234", "reference": "Showed the new contract."},
    ),
    "listAddresses": Example(path=_CUSTOMER),
    "addAddress": Example(
        path=_CUSTOMER,
        body={
            "label": "Work",
            "street": "Rua Augusta",
            "number": "1500",
            "complement": "12º andar",
            "city": "São Paulo",
            "region": "SP",
            "postal_code": "01304-001",
            "country": "BR",
        },
        headers={"Idempotency-Key": "b7b0f4ce-3b4c-4a55-9a02-4a7c7d0a9c33"},
    ),
    "getAddress": Example(path=_ADDRESS),
    "changeAddress": Example(path=_ADDRESS, body={"number": "102"}, headers=_VERSION),
    "removeAddress": Example(path=_ADDRESS, headers=_VERSION),
    "setDefaultAddress": Example(path=_ADDRESS),
    "listIdentities": Example(path=_CUSTOMER),
    "linkIdentity": Example(
        path=_CUSTOMER,
        body={"provider": "marketplace", "subject": "buyer-88213", "attributes": {"tier": "gold"}},
        headers={"Idempotency-Key": "3c1b2f58-7f6f-4c0b-8f4d-6b0f1a9d5e44"},
    ),
    "getIdentity": Example(path=_IDENTITY),
    "unlinkIdentity": Example(path=_IDENTITY),
    "listCustomerGroups": Example(),
    "createCustomerGroup": Example(
        body={
            "code": "wholesale",
            "name": "Wholesale",
            "price_list_code": "outlet",
            "priority": 20,
        },
        headers={"Idempotency-Key": "d2a3a0d9-1d5a-4b67-9f3c-7b9e2d6c8f55"},
    ),
    "getCustomerGroup": Example(path=_GROUP),
    "changeCustomerGroup": Example(path=_GROUP, body={"priority": 30}, headers=_VERSION),
    "setDefaultCustomerGroup": Example(path=_GROUP),
}
