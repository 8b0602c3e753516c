"""What the audit trail says of the kernel's own rows, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from shopman import jobs, trail_words
from shopman.errors import Failure
from shopman.models import Job, Membership
from shopman.trail_words import Kind, Words

_TEAM: Final = {
    "team.join": _("Joined the team"),
    "team.change_role": _("Role changed"),
    "team.leave": _("Left the team"),
}
_FIGURES: Final = {"figure.download": _("Figure downloaded")}
_JOBS: Final = {
    "job.start": _("Work started"),
    "job.done": _("Work done"),
    "job.cancelled": _("Work cancelled"),
    "job.failed": _("Work failed"),
    "job.download": _("File downloaded"),
}


def job_title(kind: str) -> str:
    """What a kind of job does, as people read it; its key where no installed app knows it."""
    try:
        return str(jobs.kind(kind).title)
    except Failure:
        return kind


def _jobs(keys: Collection[UUID]) -> Mapping[UUID, str]:
    found = Job.objects.filter(pk__in=keys).values_list("pk", "kind")
    return {key: job_title(kind) for key, kind in found}


trail_words.name_actions({**_TEAM, **_JOBS, **_FIGURES})
trail_words.name_kind(
    "membership",
    Kind(
        called=_("member of staff"),
        page="shopman_membership_change",
        words=Words(fields=trail_words.fields(Membership), values=trail_words.choices(Membership)),
        names=trail_words.named(Membership, "user"),
    ),
)
trail_words.name_kind(
    "job",
    Kind(
        called=_("background job"),
        page="shopman_job_change",
        words=Words(
            fields={
                "kind": _("job"),
                "parameters": _("with"),
                "query": _("filter"),
                "done": _("rows done"),
                "not_done": _("rows not done"),
            },
            writers={"kind": job_title},
        ),
        names=_jobs,
    ),
)
trail_words.name_kind("figure", Kind(called=_("figure")))
trail_words.name_commands(
    {
        "purge_expired": _("the clearing of old rows"),
        "relay_outbox": _("the delivery of messages"),
        "tenant_create": _("the making of the shop"),
    }
)
