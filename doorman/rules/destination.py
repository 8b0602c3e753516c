"""Which phone numbers get text messages: those that cannot earn anybody money."""

from __future__ import annotations

from collections.abc import Collection

import phonenumbers
from phonenumbers import PhoneNumberType

#: Numbers that cost the caller extra, forward anywhere, or reach no handset. ITU-T E.164 and the
#: numbering plans in phonenumbers say which these are.
REFUSED_TYPES = frozenset(
    {
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PERSONAL_NUMBER,
        PhoneNumberType.PAGER,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
        PhoneNumberType.UNKNOWN,
    }
)


def region(phone: str) -> str:
    """ISO 3166-1 region of an E.164 number; ``001`` for satellite and other worldwide codes."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or "001"


def is_served(phone: str, *, allowed_regions: Collection[str]) -> bool:
    """Whether a text message may be sent to this E.164 number.

    Fixed lines are served: some networks deliver text to them, and in Argentina a mobile written
    without its 9 is indistinguishable from one.
    """
    number = phonenumbers.parse(phone)
    return (
        region(phone) in allowed_regions and phonenumbers.number_type(number) not in REFUSED_TYPES
    )
