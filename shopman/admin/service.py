"""Pages of records that change through services only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from shopman import audit_trail, panels
from shopman.admin.acts import ActForm, blame
from shopman.admin.base import TenantAdmin
from shopman.admin.numbering import page_number
from shopman.errors import Failure, PreconditionFailed
from shopman.tenancy import staff

_FAILURE = "_shopman_failure"
#: Changes on one page of a record's history.
HISTORY_PAGE_SIZE = 50


class VersionedForm(forms.ModelForm):  # type: ignore[type-arg]  # one base for many models
    """Carries the version that was shown, so that nobody overwrites what they have not seen."""

    shown_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "shown_version" in self.fields and not self.instance._state.adding:
            self.fields["shown_version"].initial = self.instance.version
            self.fields["shown_version"].required = True

    @property
    def version(self) -> int | None:
        """The version that was on the screen; None for a new record."""
        shown: int | None = self.cleaned_data.get("shown_version")
        return shown

    def changed(self) -> dict[str, Any]:
        """What was typed into the fields that differ from the stored record."""
        names = [name for name in self.changed_data if name != "shown_version"]
        return {name: self.cleaned_data[name] for name in names}

    def _post_clean(self) -> None:
        # The service decides what is valid; the stored record stays as it is until then.
        pass


class ServiceAdmin(TenantAdmin):
    """Records that services write.

    ``save_model`` calls a service, whose named failure is shown in the form with what was typed
    kept. The services write the audit trail, which is the record's history; nothing is written to
    Django's own log.
    """

    warn_unsaved_form = True
    change_form_outer_after_template = "shopman/admin/panels.html"
    #: Name under which others add facts and panels to the change page (``shopman.panels``).
    panel_page: ClassVar[str] = ""
    #: Whether the page shows the record, and its form once somebody asks for it (``?edit``). For a
    #: template that extends ``shopman/admin/record.html``.
    form_on_demand: ClassVar[bool] = False
    #: Whether the model's ``subject`` names it in the audit trail.
    has_trail: ClassVar[bool] = False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except Failure as failure:
            # Outside the transaction the admin opened. The form is made again and says it.
            setattr(request, _FAILURE, failure)
            for row in filter(None, _looked_up(request).values()):
                row.refresh_from_db()
            answer = super().changeform_view(request, *args, **kwargs)
        return answer

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The record of the page, looked up once a request."""
        known = _looked_up(request)
        if object_id not in known:
            known[object_id] = super().get_object(request, object_id, from_field)
        return known[object_id]

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        kind = super().get_form(request, *args, **kwargs)
        failure: Failure | None = getattr(request, _FAILURE, None)
        return kind if failure is None else _refused(kind, failure)

    def construct_change_message(self, *args: Any, **kwargs: Any) -> list[Any]:
        return []

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The service has written the audit trail."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The service has written the audit trail."""

    def act(self, request: HttpRequest, object_id: str, kind: type[ActForm]) -> HttpResponse:
        """The page of an act, and the act itself when its form is sent."""
        subject = self.get_object(request, object_id)
        if subject is None:
            return self.not_there(request, object_id)
        may_act = (
            self.has_act_permission(request, subject)
            if kind.right is None
            else staff.may(request, kind.right)
        )
        if not may_act:
            raise PermissionDenied
        sent = request.POST if request.method == "POST" else None
        form = kind(sent, subject=subject)
        form.request = request
        if sent is None:
            form.open()
        if request.method == "POST" and form.is_valid():
            try:
                sentence = form.act()
            except Failure as failure:
                blame(form, failure)
            else:
                messages.success(request, str(sentence))
                return HttpResponseRedirect(self.address_after_act(subject))
        self.hide(subject)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": form.title,
            "form": form,
            "subject": subject,
            "original": subject,
            "back": self.address_after_act(subject),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, form.template, context)

    def not_there(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the list, with a sentence that says so."""
        answer: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return answer

    def has_act_permission(self, request: HttpRequest, subject: Any) -> bool:
        """Whether acts may be done; unlike a change also to a record whose form is closed."""
        return self.may_write(request)

    def address_after_act(self, subject: Any) -> str:
        """Where staff go from an act's page: the record's own page."""
        return self.page_of(subject)

    def page_of(self, row: Model) -> str:
        """Address of a record's change page."""
        meta = row._meta
        return reverse(
            f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_change", args=[row.pk]
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None:
            self.hide(obj)
        context["is_editing"] = self.is_editing(request, obj)
        if self.panel_page and obj is not None and kwargs.get("change"):
            context["facts"] = panels.facts(self.panel_page, request, obj)
            if not (self.form_on_demand and context["is_editing"]):
                shown = panels.shown(self.panel_page, request, obj)
                context["panel_columns"] = _columns(shown)
        context["show_save_and_add_another"] = False
        context["show_save_and_continue"] = False
        context["show_history"] = self.has_trail
        answer: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return answer

    def is_editing(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the page is the form; otherwise it is the record to look at."""
        if obj is None or not self.form_on_demand:
            return True
        asked = request.method == "POST" or "edit" in request.GET
        return asked and bool(self.has_change_permission(request, obj))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Back to the record where the page shows it, else to the list."""
        if self.form_on_demand:
            return HttpResponseRedirect(self.page_of(obj))
        answer: HttpResponse = super().response_post_save_change(request, obj)
        return answer

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The audit trail of a record, newest first, a page at a time."""
        subject = self.get_object(request, object_id)
        if subject is None or not self.has_trail:
            return self.not_there(request, object_id)
        if not self.has_view_permission(request, subject):
            raise PermissionDenied
        self.hide(subject)
        number = page_number(request)
        entries = audit_trail.of(
            subject.subject,
            limit=HISTORY_PAGE_SIZE + 1,
            offset=(number - 1) * HISTORY_PAGE_SIZE,
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("History of %(name)s") % {"name": subject},
            "entries": entries[:HISTORY_PAGE_SIZE],
            "newer": number - 1,
            "older": number + 1 if len(entries) > HISTORY_PAGE_SIZE else 0,
            "subject": subject,
            "original": subject,
        }
        return TemplateResponse(request, "shopman/admin/history.html", context)


def _looked_up(request: HttpRequest) -> dict[str, Model | None]:
    known: dict[str, Model | None] = request.__dict__.setdefault("_shopman_records", {})
    return known


def _columns(shown: Sequence[panels.Shown]) -> list[list[panels.Shown]]:
    """The panels beside, then the others; a column without any is left out."""
    columns = [[each for each in shown if each.column == name] for name in ("side", "main")]
    return [column for column in columns if column]


def _refused(kind: type[forms.ModelForm[Any]], failure: Failure) -> type[forms.ModelForm[Any]]:
    class RefusedForm(kind):  # type: ignore[misc, valid-type]  # the class is made by the admin
        data: Any

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            if self.is_bound and isinstance(failure, PreconditionFailed):
                # Whoever has seen what changed meanwhile may save again.
                self.data = self.data.copy()
                self.data["shown_version"] = str(self.instance.version)

        def _post_clean(self) -> None:
            super()._post_clean()
            if isinstance(failure, PreconditionFailed):
                _tell_stale(self, [each.field for each in failure.errors])
            else:
                blame(self, failure)

    return RefusedForm


def _tell_stale(form: Any, columns: Iterable[str]) -> None:
    """Say what somebody else changed, beside the fields, with the value they have now."""
    form.add_error(
        None,
        _(
            "Somebody else changed this while you had it open. What you typed is still here: look"
            " at the marked fields, and save again to keep yours."
        ),
    )
    names = {name.removesuffix("_id") for name in columns}
    for name in sorted(names & form.fields.keys()):
        display = getattr(form.instance, f"get_{name}_display", None)
        now = display() if display else getattr(form.instance, name, None)
        form.add_error(name, _("It is now: %(value)s") % {"value": now or _("empty")})
