"""Rows of the door. None of them holds a fact about a person but a customer's key."""

from doorman.models.access import Access
from doorman.models.auth_event import AuthEvent
from doorman.models.challenge import Challenge, Channel, Purpose
from doorman.models.customer_session import CustomerSession, CustomerSessionQuerySet
from doorman.models.proof_ticket import ProofTicket
from doorman.models.rate_counter import RateCounter
from doorman.models.token import Token, TokenFamily

__all__ = [
    "Access",
    "AuthEvent",
    "Challenge",
    "Channel",
    "CustomerSession",
    "CustomerSessionQuerySet",
    "ProofTicket",
    "Purpose",
    "RateCounter",
    "Token",
    "TokenFamily",
]
