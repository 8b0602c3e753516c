"""Settings of guestman: ``GUESTMAN = {...}``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from shopman.conf import AppSettings


class GuestmanSettings(AppSettings):
    namespace = "GUESTMAN"

    #: Dotted path of the ``guestman.protocols.orders.OrderHistoryBackend`` to read orders from.
    ORDER_HISTORY_BACKEND: str = "guestman.protocols.orders.NullOrderHistoryBackend"
    #: Dotted path of the ``guestman.protocols.identity.IdentityResolver`` that decides whose a
    #: contact is that somebody proved.
    IDENTITY_RESOLVER: str = "guestman.services.proof.PossessionResolver"
    #: Dotted path of the ``guestman.protocols.geocoder.Geocoder`` that suggests addresses.
    GEOCODER: str = "guestman.protocols.geocoder.NullGeocoder"
    #: Key of the Places API (New), for ``guestman.adapters.google_places.GooglePlacesGeocoder``.
    GOOGLE_PLACES_KEY: str = ""
    #: Where that geocoder asks; another host for tests.
    GOOGLE_PLACES_URL: str = "https://places.googleapis.com"
    #: Treat reserved domains such as example.com and fictitious 555 numbers as junk.
    BLOCK_RESERVED_VALUES: bool = False
    #: Precedence and limits of identity, as ``guestman.contrib.identifiers.conf`` describes them.
    IDENTIFIERS: Mapping[str, Any] = MappingProxyType({})
    #: Days after which a verified contact that is proved again raises ``stale_contact_proved``.
    STALE_IDENTITY_DAYS: int = 180
    #: Bytes of JSON that ``Customer.metadata`` and ``ExternalIdentity.attributes`` may have.
    METADATA_MAX_BYTES: int = 16_384
    #: Merges that nobody agrees to one by one, as ``guestman.contrib.merge.conf`` describes them.
    MERGE: Mapping[str, Any] = MappingProxyType({})
    #: Characters of ``Customer.notes``.
    NOTES_MAX_LENGTH: int = 20_000
    #: Addresses in use that a customer may have.
    MAX_ADDRESSES: int = 50
    #: Language tags a customer may have.
    LOCALES: list[str] | tuple[str, ...] = ("pt-br", "en", "es")
    #: Segments, churn and value, as ``guestman.contrib.insights.conf`` describes them.
    INSIGHTS: Mapping[str, Any] = MappingProxyType({})
    #: Limits of imported files, as ``guestman.contrib.imports.conf`` describes them.
    IMPORTS: Mapping[str, Any] = MappingProxyType({})
    #: Customers compared with a mistyped name before search gives up and says so.
    SEARCH_CANDIDATES: int = 20_000
    #: What the generated codes of customers made by staff or another system begin with.
    CODE_PREFIX: str = "C-"
    #: What the generated codes of customers made at their first login begin with.
    LOGIN_CODE_PREFIX: str = "WEB-"
    #: ``id:base64`` strings of at least 32 bytes each, under whose hashes erased people are
    #: recognised. The first one signs, all of them verify: keep old ones as long as hashes are.
    SUPPRESSION_KEYS: list[str] | tuple[str, ...] = ()
    #: File outside the database that every erasure is added to, without names, so that it is done
    #: again when an older backup was restored; empty: there is none.
    ERASURE_LEDGER: str = ""
    #: Whether the contacts of an erased person may be used again (``free``), or one that nobody
    #: proved to have is refused (``closed``).
    ERASED_CONTACTS: Literal["free", "closed"] = "free"


conf = GuestmanSettings()
