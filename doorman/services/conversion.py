"""Regions into which messages go and from which no codes come back are closed for a while.

Whoever earns by messages does not type the codes. The tenant's own region is left open: there the
other budgets must do, for else anybody could shut the shop's door by asking for codes.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence

from django.db.models import Count, Q

from doorman.conf import conf
from doorman.errors import IdentifierUnsupported
from doorman.models import Challenge
from doorman.services.budget import Admission
from shopman import clock, tenancy

logger = logging.getLogger(__name__)


def guard(*, region: str, admissions: Sequence[Admission]) -> None:
    """Refuse a foreign region whose codes are hardly ever typed, in the caller's transaction.

    Asks the database only beyond ``CONVERSION_AFTER_SENDS`` messages a day into the region. Raises
    IdentifierUnsupported.
    """
    if not region or region == tenancy.current().default_region:
        return
    sends = max(each.hits for each in admissions if each.window.kind == "region")
    if sends <= conf.CONVERSION_AFTER_SENDS:
        return
    recent = Challenge.objects.filter(
        region=region, created_at__gt=clock.now() - dt.timedelta(days=1)
    )
    counts = recent.aggregate(all=Count("pk"), proved=Count("pk", filter=Q(status="verified")))
    if counts["proved"] * 100 < counts["all"] * conf.CONVERSION_MINIMUM_PERCENT:
        logger.warning(
            "Region %s is closed: %d of %d proved", region, counts["proved"], counts["all"]
        )
        raise IdentifierUnsupported
