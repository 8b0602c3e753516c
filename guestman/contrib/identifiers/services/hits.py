"""Who has what is claimed: one statement, however many claims."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from guestman.conf import conf
from guestman.contrib.identifiers.models import PROVIDER, CustomerIdentifier, RecordLink
from guestman.contrib.identifiers.rules.claims import Claim, Hit, Key, Owner
from guestman.contrib.identifiers.rules.mailboxes import mailbox_key
from guestman.models import ContactPoint, Customer
from guestman.rules.contacts import ContactForm
from guestman.rules.documents import NONE, Document
from guestman.rules.evidence import of_identifier
from shopman import clock, prepared, tenancy
from shopman.contact import variant_key

_IDENTIFIERS = CustomerIdentifier._meta.db_table
_CUSTOMERS = Customer._meta.db_table

# Written out: compiling the query costs Django several times what the database needs to answer it.
_ANSWER = """i.uuid, i.family, i.match_key, i.variant_key, i.mailbox_key, i.strength, i.is_shared,
       i.last_seen_at < %s, c.uuid, c.first_name, c.last_name, c.is_active, c.customer_type,
       c.document_country, c.document_kind, c.document, c.birth_date"""
_SELECT = f"""
SELECT {_ANSWER}
  FROM {_IDENTIFIERS} i
  JOIN {_CUSTOMERS} held ON held.uuid = i.customer_id
  JOIN {_CUSTOMERS} c ON c.uuid = COALESCE(held.merged_into_id, held.uuid)
 WHERE i.tenant_id = %s AND NOT i.is_pending AND ("""  # noqa: S608

_UNDERIVED = f"""
SELECT 1 FROM {ContactPoint._meta.db_table} p
 WHERE p.tenant_id = %s AND p.released_at IS NULL
   AND NOT EXISTS (
       SELECT 1 FROM {_IDENTIFIERS} i
        WHERE i.tenant_id = p.tenant_id AND i.customer_id = p.customer_id
          AND i.family = p.family AND i.match_key = p.match_key AND NOT i.is_pending)
   AND """  # noqa: S608

#: Type and key of a record of another app or system.
RecordKey = tuple[str, str]

#: Keys from which they are matched as a set (PostgreSQL).
SET_FROM = 200
_COLUMNS = """x.uuid, x.family, x.match_key, x.variant_key, x.mailbox_key, x.strength, x.is_shared,
       x.last_seen_at, x.customer_id"""
# OFFSET 0 keeps each look-up what it is: whatever the planner believes of tables that are being
# filled right now, it goes by the index, key for key, and never reads a table whole.
_AS_A_SET = f"""
SELECT {_ANSWER}
  FROM (
SELECT x.* FROM unnest(%s::text[], %s::text[]) AS s (family, key), LATERAL (
    SELECT {_COLUMNS} FROM {_IDENTIFIERS} x WHERE x.tenant_id = %s
       AND x.family = s.family AND x.match_key = s.key AND NOT x.is_pending
    OFFSET 0) x
UNION SELECT x.* FROM unnest(%s::text[]) AS s (key), LATERAL (
    SELECT {_COLUMNS} FROM {_IDENTIFIERS} x WHERE x.tenant_id = %s
       AND x.variant_key = s.key AND x.variant_key <> '' AND NOT x.is_pending
    OFFSET 0) x
UNION SELECT x.* FROM unnest(%s::text[]) AS s (key), LATERAL (
    SELECT {_COLUMNS} FROM {_IDENTIFIERS} x WHERE x.tenant_id = %s
       AND x.mailbox_key = s.key AND x.mailbox_key <> '' AND NOT x.is_pending
    OFFSET 0) x) i,
 LATERAL (SELECT * FROM {_CUSTOMERS} held WHERE held.uuid = i.customer_id OFFSET 0) held,
 LATERAL (SELECT * FROM {_CUSTOMERS} c
     WHERE c.uuid = COALESCE(held.merged_into_id, held.uuid) OFFSET 0) c"""  # noqa: S608


def find(claims: Iterable[Claim]) -> list[Hit]:
    """Everybody with an identifier that a claim names, or with another spelling of it."""
    wanted = _Wanted(each for each in claims if each.standing != "junk")
    if not wanted.keys:
        return []
    is_long = connection.vendor == "postgresql" and wanted.count >= SET_FROM
    rows = _rows_of_set(wanted) if is_long else _rows(wanted)
    return [hit for row in rows for hit in wanted.hits(row)]


def _rows(wanted: _Wanted) -> list[Sequence[Any]]:
    where, params = wanted.condition()
    with prepared.cursor() as cursor:
        cursor.execute(f"{_SELECT}{where})", [_stale_before(), *_tenant(), *params])
        found: list[Sequence[Any]] = cursor.fetchall()
        return found


def _rows_of_set(wanted: _Wanted) -> list[Sequence[Any]]:
    """The same rows, key for key by the index, in one statement of one text."""
    (tenant,) = _tenant()
    named = [(family, key) for family in wanted.keys for key in wanted.keys[family]]
    named = [each for each in named if each[0] != "phone"]
    with connection.cursor() as cursor:
        cursor.execute(
            _AS_A_SET,
            [
                _stale_before(),
                [family for family, _key in named],
                [key for _family, key in named],
                tenant,
                list(wanted.variants),
                tenant,
                list(wanted.mailboxes),
                tenant,
            ],
        )
        found: list[Sequence[Any]] = cursor.fetchall()
        return found


def has_underived(forms: Iterable[ContactForm]) -> bool:
    """Whether a contact with one of these keys has no identifier yet. One statement."""
    parts: list[str] = []
    params: list[Any] = []
    for form in forms:
        if form.family == "phone":
            # Of a number every spelling. The family is written out for the partial index.
            parts.append("p.family = 'phone' AND p.variant_key = %s")
            params.append(form.variant_key)
        else:
            parts.append("p.family = %s AND p.match_key = %s")
            params += [form.family, form.match_key]
    if not parts:
        return False
    with prepared.cursor() as cursor:
        cursor.execute(f"{_UNDERIVED}({_any(parts)}) LIMIT 1", [*_tenant(), *params])
        return cursor.fetchone() is not None


def linked(record: RecordKey | None) -> UUID | None:
    """The customer a record was given before; of a merged one the survivor."""
    return links([record])[record] if record else None


def links(records: Iterable[RecordKey]) -> dict[RecordKey, UUID | None]:
    """The same for many. One query for each kind of record."""
    found: dict[RecordKey, UUID | None] = dict.fromkeys(records)
    by_type: dict[str, list[str]] = defaultdict(list)
    for source_type, source_id in found:
        by_type[source_type].append(source_id)
    for source_type, keys in by_type.items():
        rows = RecordLink.objects.filter(source_type=source_type, source_id__in=keys)
        for key, customer, survivor in rows.values_list(
            "source_id", "customer", "customer__merged_into"
        ):
            found[source_type, key] = survivor or customer
    return found


class _Wanted:
    """The keys of claims, by how they are looked for."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.keys: dict[str, set[str]] = defaultdict(set)
        #: Variant and mailbox keys, and the claims they stand for.
        self.variants: dict[str, set[Key]] = defaultdict(set)
        self.mailboxes: dict[str, set[Key]] = defaultdict(set)
        for claim in claims:
            if claim.family == "phone":
                self.variants[variant_key(claim.key)].add(claim.at)
            elif claim.family == "email" and (mailbox := mailbox_key(claim.key)):
                self.mailboxes[mailbox].add(claim.at)
            self.keys[claim.family].add(claim.key)

    @property
    def count(self) -> int:
        """How many keys are looked for."""
        return sum(map(len, self.keys.values()))

    def condition(self) -> tuple[str, list[Any]]:
        """SQL and its parameters. A number's own spelling has its variant key as well."""
        parts: list[str] = []
        params: list[Any] = []
        for family, keys in self.keys.items():
            if family != "phone":
                place, given = _among(keys)
                parts.append(f"i.family = %s AND i.match_key {place}")
                params += [family, *given]
        for column, wanted in (("variant_key", self.variants), ("mailbox_key", self.mailboxes)):
            if wanted:
                place, given = _among(wanted)
                # The second half tells the database that the partial index will do.
                parts.append(f"i.{column} {place} AND i.{column} <> ''")
                params += given
        return _any(parts), params

    def hits(self, row: Sequence[Any]) -> Iterator[Hit]:
        stored, family, key, variant, mailbox, strength, is_shared, is_stale, *customer = row
        identifier = _key(stored)
        owner = _owner(customer)
        evidence = of_identifier(strength, is_account=family.startswith(PROVIDER))

        def hit(at: Key, *, is_variant: bool = False, is_hint: bool = False) -> Hit:
            return Hit(
                at=at,
                owner=owner,
                evidence=evidence,
                is_shared=bool(is_shared),
                is_variant=is_variant,
                is_hint=is_hint,
                is_stale=bool(is_stale),
                identifier=identifier,
            )

        if key in self.keys.get(family, ()):
            yield hit((family, key))
        for at in self.variants.get(variant, ()) if variant else ():
            if at != (family, key):
                yield hit(at, is_variant=True)
        for at in self.mailboxes.get(mailbox, ()) if mailbox else ():
            if at != (family, key):
                yield hit(at, is_hint=True)


def _owner(columns: Sequence[Any]) -> Owner:
    key, first, last, is_active, customer_type, country, document_kind, number, birth_date = columns
    return Owner(
        customer=_key(key),
        name=f"{first} {last}".strip(),
        is_active=bool(is_active),
        is_company=customer_type == Customer.Type.COMPANY,
        document=Document(number, document_kind, country) if number else NONE,
        birth_date=dt.date.fromisoformat(birth_date) if isinstance(birth_date, str) else birth_date,
    )


def _stale_before() -> Any:
    moment = clock.now() - dt.timedelta(days=conf.STALE_IDENTITY_DAYS)
    return connection.ops.adapt_datetimefield_value(moment)


def _tenant() -> list[Any]:
    return [prepared.key(tenancy.current().pk)]


def _key(stored: Any) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(stored)


def _any(parts: Iterable[str]) -> str:
    return " OR ".join(f"({part})" for part in parts)


def _among(values: Iterable[str]) -> tuple[str, list[Any]]:
    """SQL and its parameters; one text for any number of values where arrays are known.

    A single value is compared as such: of an array the database expects so many that it would not
    keep the plan.
    """
    given = list(values)
    if len(given) == 1:
        return "= %s", given
    if connection.vendor == "postgresql":
        return "= ANY(%s)", [given]
    return f"IN ({', '.join('%s' for _ in given)})", given
