"""The door in the admin: to look at, and to end sessions. Nothing here shows a secret."""

from doorman.admin.records import (
    AuthEventAdmin,
    ChallengeAdmin,
    ProofTicketAdmin,
    RateCounterAdmin,
)
from doorman.admin.session import CustomerSessionAdmin, TokenFamilyAdmin

__all__ = [
    "AuthEventAdmin",
    "ChallengeAdmin",
    "CustomerSessionAdmin",
    "ProofTicketAdmin",
    "RateCounterAdmin",
    "TokenFamilyAdmin",
]
