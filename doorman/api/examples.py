"""What is asked of the door in the API's description. The tests send each of these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shopman.api.examples import Example, Ref, refs

_CHALLENGE: Final = {"secret": Ref(name="challenge")}

EXAMPLES: Final[Mapping[str, Example]] = {
    "startChallenge": Example(
        body={"channel": "sms", "identifier": "(11) 96123-0001", "next": "/checkout"},
        caller="visitor",
    ),
    "resendCode": Example(path=_CHALLENGE, caller="visitor"),
    "verifyChallenge": Example(path=_CHALLENGE, body={"code": Ref(name="code")}, caller="visitor"),
    "redeemTicket": Example(body={"ticket": Ref(name="ticket")}, caller="visitor"),
    "consumeLink": Example(body={"link": Ref(name="link")}, caller="visitor"),
    "refreshTokens": Example(body={"refresh_token": Ref(name="refresh_token")}, caller="visitor"),
    "revokeToken": Example(body={"token": Ref(name="access_token")}, caller="visitor"),
    "getCsrfToken": Example(caller="visitor"),
    "getSession": Example(caller="shopper"),
    "signOut": Example(caller="shopper"),
    "listSessions": Example(caller="shopper"),
    "endOtherSessions": Example(caller="shopper"),
    "endSession": Example(path=refs(uuid="session"), caller="shopper"),
}
