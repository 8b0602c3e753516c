"""What staff do to an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from omniman.models.order import STATUS_LABELS
from omniman.rules.status import TRANSITIONS, Kind, Status
from omniman.services import order
from shopman import money
from shopman.admin.acts import ActForm, Text
from shopman.tenancy.rights import Right


class MoveOrder(ActForm):
    title = _("Change the status")
    submit = _("Change")

    to = forms.ChoiceField(label=_("New status"))
    reason = forms.CharField(label=_("Reason"), max_length=2000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        after = TRANSITIONS[Status(self.subject.status)] if self.subject.kind == Kind.SALE else ()
        field: Any = self.fields["to"]
        field.choices = [(status, STATUS_LABELS[status]) for status in after]

    def act(self) -> Text:
        facts = self.cleaned_data
        moved = order.transition(order=self.subject, to=facts["to"], reason=facts["reason"])
        return _("The order is now: %s") % STATUS_LABELS[Status(moved.status)]


class RefundOrder(ActForm):
    title = _("Refund")
    lead = _("Write down money given back. Moving the money is up to you.")
    submit = _("Refund")
    is_grave = True
    right = Right.REFUND

    amount = forms.DecimalField(label=_("Amount"), min_value=Decimal(0), max_digits=18)
    reason = forms.CharField(label=_("Reason"), max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = money.Money(self.subject.net_amount, self.subject.currency)
        field: Any = self.fields["amount"]
        field.decimal_places = money.exponent(self.subject.currency)
        field.help_text = _("At most %s") % left

    def clean_amount(self) -> int:
        """In minor units, nothing rounded away."""
        given: Decimal = self.cleaned_data["amount"]
        amount = money.to_minor(given, self.subject.currency)
        if money.to_major(amount, self.subject.currency) != given:
            raise forms.ValidationError(_("The currency has no such fraction."))
        return amount

    def act(self) -> Text:
        facts = self.cleaned_data
        order.refund(order=self.subject, amount=facts["amount"], reason=facts["reason"])
        return _("The refund was written down.")


class NoteOnOrder(ActForm):
    title = _("Write a note")
    lead = _("Only staff see it.")
    submit = _("Write")

    text = forms.CharField(label=_("Note"), max_length=10_000, widget=forms.Textarea)

    def act(self) -> Text:
        order.note(order=self.subject, text=self.cleaned_data["text"])
        return _("The note was written.")
