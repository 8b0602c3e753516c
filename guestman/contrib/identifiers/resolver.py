"""``IdentityResolver``: whose are these claims? One door for checkout, login and import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from guestman.conf import conf
from guestman.contrib.identifiers.rules.outcome import Decision
from guestman.contrib.identifiers.services import claims, many, resolution
from guestman.contrib.identifiers.services.claims import Account, Claimant, Level
from guestman.contrib.identifiers.services.foresight import Foresight
from guestman.contrib.identifiers.services.resolution import Resolution
from guestman.protocols import identity
from guestman.services.proof import LOGIN_SOURCE
from shopman import tenancy
from shopman.batches import batched
from shopman.models import Tenant

#: Claimants whose keys are looked up in one statement.
BATCH_SIZE = 1000

__all__ = ["Account", "Claimant", "Foresight", "IdentityResolver", "Resolution"]


class IdentityResolver(identity.IdentityResolver):
    """Finds or makes the customer of a set of claims, by the decision table of the identity rules.

    ``tenant`` is a tenant or its slug; None is the one in use.
    """

    def __init__(self, tenant: Tenant | str | None = None) -> None:
        self._tenant = tenancy.by_slug(tenant) if isinstance(tenant, str) else tenant

    def resolve_identity(
        self,
        email: str | None = None,
        phone: str | None = None,
        name: str | None = None,
        source: str = "",
        *,
        whatsapp: str | None = None,
        document: str | None = None,
        external: Account | tuple[str, str] | None = None,
        cards: Mapping[str, str] | None = None,
        evidence: Level = "U",
        method: str = "channel_asserted",
        record: tuple[str, str] | None = None,
        region: str | None = None,
    ) -> Resolution:
        """Whose these claims are. ``claims.Claimant`` describes the arguments.

        ``external`` is an account, or provider and subject. What is no identifier, junk or shared
        is left out; when nothing is left, NothingToResolve is raised and nothing is written. The
        claims alone never reveal, verify or change anything of the customer they lead to.
        """
        return self.resolve(
            Claimant(
                email=email,
                phone=phone,
                whatsapp=whatsapp,
                name=name,
                document=document,
                external=_account(external),
                cards=cards or {},
                evidence=evidence,
                method=method,
                source=source,
                record=record,
                region=region,
            )
        )

    def resolve(self, claimant: Claimant) -> Resolution:
        """The same for a claimant in one piece. Raises NothingToResolve."""
        with self._in_tenant():
            return resolution.resolve(claims.stated(claimant))

    def resolve_many(
        self, claimants: Sequence[Claimant], *, batch_size: int = BATCH_SIZE
    ) -> list[Resolution | None]:
        """The same for many, in their order; None for those of whom nothing is usable.

        Plain matches of a thousand take a few statements together; whatever changes something is
        decided by itself, and each sees what the ones before it did, in batches of any size.
        """
        with self._in_tenant():
            found: list[Resolution | None] = []
            for batch in batched(claims.all_stated(claimants), batch_size):
                found += many.resolve_many(batch)
            return found

    def foresee_many(
        self, claimants: Sequence[Claimant], foresight: Foresight
    ) -> list[Decision | None]:
        """What ``resolve_many`` would decide, by reading alone; ``foresight`` knows what before."""
        with self._in_tenant():
            return foresight.decided(claims.all_stated(claimants))

    def customer_of_phone(self, phone: str, *, method: str) -> UUID:
        """Whose a number is that was just proved (``guestman.protocols.identity``)."""
        with self._in_tenant():
            said = claims.of_proof("phone", phone, method=method, source=LOGIN_SOURCE)
            return resolution.resolve(said, prefix=conf.LOGIN_CODE_PREFIX).customer_uuid

    @contextmanager
    def _in_tenant(self) -> Iterator[None]:
        if self._tenant is None:
            yield
            return
        with tenancy.use(self._tenant):
            yield


def _account(given: Account | tuple[str, str] | None) -> Account | None:
    if given is None or isinstance(given, Account):
        return given
    provider, subject = given
    return Account(provider=provider, subject=subject)
