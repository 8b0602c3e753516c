"""What can be done with many customers at once. Other apps register theirs beside these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guestman.admin.panels import CUSTOMER_PAGE
from guestman.models import Customer, CustomerGroup
from guestman.services import customer, group
from shopman import jobs, masking
from shopman.jobs import JobForm, Kind, Table, Work, one_by_one
from shopman.models import Membership
from shopman.tenancy.rights import Right


class AssignForm(JobForm):
    """Who looks after them."""

    assigned_to = forms.ChoiceField(label=gettext_lazy("Assigned to"), required=False)

    def offer(self) -> None:
        team = Membership.objects.order_by("user__username").values_list("user", "user__username")
        choices = [(str(key), name) for key, name in team[:500]]
        self.fields["assigned_to"].choices = [("", _("Nobody")), *choices]  # type: ignore[attr-defined]


class GroupForm(JobForm):
    """The group they join."""

    group_code = forms.ChoiceField(label=gettext_lazy("Group"), required=False)

    def offer(self) -> None:
        groups = CustomerGroup.objects.order_by("-priority", "name").values_list("code", "name")
        self.fields["group_code"].choices = [("", _("No group")), *groups[:500]]  # type: ignore[attr-defined]


def assign(row: Customer, work: Work) -> None:
    """Give a customer to a member of staff, or to nobody."""
    key = work.parameters["assigned_to"]
    user = get_user_model()._meta.pk.to_python(key) if key else None
    customer.update(row.pk, assigned_to=user)


def put_in_group(row: Customer, work: Work) -> None:
    """Put a customer into a group, or into none."""
    group.assign(customer=row, group_code=work.parameters["group_code"] or None)


def code_of(row: Customer) -> str:
    """What staff call a row of a report."""
    return row.code


def header(work: Work) -> Sequence[str]:
    """The columns of an export."""
    return [
        _("Code"),
        _("First name"),
        _("Last name"),
        _("Type"),
        _("Status"),
        _("Group"),
        _("Phone"),
        _("E-mail"),
        _("Document"),
        _("Assigned to"),
        _("Source"),
        _("Created"),
        _("Changed"),
    ]


def lines(rows: Sequence[Customer], work: Work) -> Iterable[Sequence[Any]]:
    """Customers as lines of an export, contacts as the one who exports may see them."""
    assignees = {row.assigned_to_id for row in rows if row.assigned_to_id is not None}
    users = get_user_model()._default_manager.filter(pk__in=assignees)
    names: dict[Any, str] = dict(users.values_list("pk", "username"))
    # Ticked rows come without it.
    prefetch_related_objects(rows, "group")
    for row in rows:
        yield [
            row.code,
            row.first_name,
            row.last_name,
            row.get_customer_type_display(),
            row.get_status_display(),
            row.group.name if row.group else "",
            masking.contact(row.phone, customer=row.pk),
            masking.contact(row.email, customer=row.pk),
            masking.contact(row.document, customer=row.pk),
            names.get(row.assigned_to_id, ""),
            row.source,
            timezone.localtime(row.created_at).isoformat(timespec="seconds"),
            timezone.localtime(row.updated_at).isoformat(timespec="seconds"),
        ]


jobs.register(
    Kind(
        key="guestman.assign",
        page=CUSTOMER_PAGE,
        title=gettext_lazy("Assign to"),
        lead=gettext_lazy("Inactive customers are left as they are and listed at the end."),
        right=Right.BULK,
        form=AssignForm,
        act=one_by_one(assign, label=code_of),
        position=10,
    )
)
jobs.register(
    Kind(
        key="guestman.group",
        page=CUSTOMER_PAGE,
        title=gettext_lazy("Put in a group"),
        lead=gettext_lazy("Inactive customers are left as they are and listed at the end."),
        right=Right.BULK,
        form=GroupForm,
        act=one_by_one(put_in_group, label=code_of),
        position=20,
    )
)
jobs.register(
    Kind(
        key="guestman.export_csv",
        page=CUSTOMER_PAGE,
        title=gettext_lazy("Export as CSV"),
        right=Right.EXPORT,
        table=Table(header=header, lines=lines, format="csv"),
        slice_size=1000,
        position=30,
    )
)
jobs.register(
    Kind(
        key="guestman.export_xlsx",
        page=CUSTOMER_PAGE,
        title=gettext_lazy("Export as XLSX"),
        right=Right.EXPORT,
        table=Table(header=header, lines=lines, format="xlsx"),
        slice_size=1000,
        position=40,
    )
)
