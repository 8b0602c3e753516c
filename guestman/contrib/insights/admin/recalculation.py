"""Recalculating the whole shop, on a page of its own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from guestman.contrib.insights import tasks
from guestman.contrib.insights.models import InsightRun
from shopman import tenancy
from shopman.admin.acts import ActForm, Text, blame
from shopman.errors import Failure
from shopman.tenancy import staff
from shopman.tenancy.rights import Right


class RecalculateForm(ActForm):
    """Start a run of the shop in use."""

    title = _("Recalculate the insights of all customers")
    submit = _("Recalculate")
    lead = _(
        "Segments, churn risk and predicted spend are worked out anew from the orders. It happens"
        " every night by itself; in a large shop it takes a few minutes, and the numbers of before"
        " stay until the new ones are there."
    )

    def act(self) -> Text:
        run = InsightRun.objects.get(pk=tasks.dispatch().pk)
        if run.status != InsightRun.Status.COMPLETED:
            return _("The recalculation was started.")
        return ngettext(
            "%(count)s customer was recalculated.",
            "%(count)s customers were recalculated.",
            run.customer_count,
        ) % {"count": run.customer_count}


def page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Asks, and starts the run when the form is sent. ``context`` is the admin's."""
    if not staff.may(request, Right.BULK):
        raise PermissionDenied
    runs = reverse("admin:guestman_insights_insightrun_changelist")
    subject: Any = tenancy.current()
    form = RecalculateForm(request.POST if request.method == "POST" else None, subject=subject)
    if request.method == "POST" and form.is_valid():
        try:
            sentence = form.act()
        except Failure as failure:
            blame(form, failure)
        else:
            messages.success(request, str(sentence))
            return HttpResponseRedirect(runs)
    shown = {**context, "title": form.title, "subject": subject, "form": form, "back": runs}
    return TemplateResponse(request, "shopman/admin/act.html", shown)
