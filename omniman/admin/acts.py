"""What staff do to an order, each on a page that says first what will happen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from omniman.admin import words
from omniman.errors import OrderChanged, TransitionRefused
from omniman.models import Order, OrderEvent
from omniman.rules.status import Status
from omniman.services import order
from shopman import money
from shopman.admin.acts import ActForm, Text
from shopman.tenancy.rights import Right


class OrderAct(ActForm):
    """Remembers what of the order was on the screen, so that nobody acts on what they did not see.

    When somebody else was quicker, a sentence says who did what; what was typed stays, and sending
    it again goes on from there.
    """

    data: Any
    back = gettext_lazy("Back to the order")

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.present()

    def present(self) -> str:
        """What may change under somebody's hands."""
        raise NotImplementedError

    def overtaken(self) -> str:
        """The sentence for whoever came second; the form now knows the order as it is."""
        self.subject = Order.objects.get(pk=self.subject.pk)
        self.data = self.data.copy()
        self.data["seen"] = self.present()
        last = OrderEvent.objects.filter(order=self.subject).order_by("-uuid").first()
        now = words.told(self.subject.refunded_amount, self.subject.currency)
        facts = {
            "who": words.actor(last) if last else _("Somebody"),
            "status": words.status(self.subject.status),
            "refunded": now,
        }
        return (
            _(
                "Somebody else was quicker: %(who)s changed this order meanwhile. It is now"
                " %(status)s, with %(refunded)s refunded. Nothing was done, and what you typed is"
                " still here."
            )
            % facts
        )


class MoveOrder(OrderAct):
    """To one status; ``towards`` makes the form for it."""

    target: ClassVar[Status]
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("For colleagues; the customer does not see it."),
    )

    @classmethod
    def towards(cls, target: Status) -> type[MoveOrder]:
        """The form that moves an order there."""
        facts = {
            "target": target,
            "title": words.VERBS[target],
            "submit": words.VERBS[target],
            "is_grave": target in words.GRAVE,
            "__module__": __name__,
        }
        return type("MoveOrderThere", (cls,), facts)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lead: Text = _("It is now “%(before)s” and becomes “%(after)s”. %(meaning)s") % {
            "before": words.status(self.subject.status),
            "after": words.status(self.target),
            "meaning": words.MEANINGS[self.target],
        }

    def present(self) -> str:
        return str(self.subject.status)

    def act(self) -> Text:
        facts = self.cleaned_data
        try:
            moved = order.transition(
                order=self.subject,
                to=self.target,
                reason=facts["reason"],
                expected_status=facts["seen"] or None,
            )
        except (OrderChanged, TransitionRefused) as failure:
            raise OrderChanged(self.overtaken()) from failure
        return _("Order %(ref)s is now: %(status)s.") % {
            "ref": moved.ref,
            "status": words.status(moved.status),
        }


class RefundOrder(OrderAct):
    title = gettext_lazy("Refund")
    lead = gettext_lazy(
        "Writes down money given back: the order counts for that much less. Moving the money"
        " itself is up to you, at the till or in the bank."
    )
    submit = gettext_lazy("Write down the refund")
    is_grave = True
    right = Right.REFUND
    blames: ClassVar = {"refund_refused": "amount"}

    amount = forms.DecimalField(label=gettext_lazy("Amount"), max_digits=18, localize=True)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        help_text=gettext_lazy("For colleagues; the customer does not see it."),
    )
    #: Sending the same page twice gives money back once.
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["amount"]
        field.decimal_places = money.exponent(self.subject.currency)
        field.help_text = self._left()
        field.initial = money.to_major(self.subject.net_amount, self.subject.currency)
        self.fields["key"].initial = str(uuid4())

    def present(self) -> str:
        return str(self.subject.refunded_amount)

    def clean_amount(self) -> int:
        """In minor units, nothing rounded away."""
        given: Decimal = self.cleaned_data["amount"]
        if given <= 0:
            raise forms.ValidationError(_("Give an amount above zero."))
        amount = money.to_minor(given, self.subject.currency)
        if money.to_major(amount, self.subject.currency) != given:
            raise forms.ValidationError(_("The currency has no such fraction."))
        if amount > self.subject.net_amount:
            raise forms.ValidationError(self._left())
        return amount

    def act(self) -> Text:
        facts = self.cleaned_data
        try:
            order.refund(
                order=self.subject,
                amount=facts["amount"],
                reason=facts["reason"],
                idempotency_key=facts["key"] or None,
                expected_refunded_amount=int(facts["seen"]) if facts["seen"] else None,
            )
        except OrderChanged as failure:
            raise OrderChanged(self.overtaken()) from failure
        return _("%(amount)s of order %(ref)s were written down as refunded.") % {
            "amount": words.told(facts["amount"], self.subject.currency),
            "ref": self.subject.ref,
        }

    def clean_seen(self) -> str:
        seen: str = self.cleaned_data["seen"]
        if seen and not seen.isdecimal():
            raise forms.ValidationError(_("Open the page again."))
        return seen

    def _left(self) -> str:
        left = words.told(self.subject.net_amount, self.subject.currency)
        return _("At most %(left)s: what is left of the total.") % {"left": left}


class NoteOnOrder(ActForm):
    title = gettext_lazy("Write a note")
    lead = gettext_lazy("Only staff see it. A note stays for good.")
    submit = gettext_lazy("Write")
    back = gettext_lazy("Back to the order")

    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 5})
    )

    def act(self) -> Text:
        order.note(order=self.subject, text=self.cleaned_data["text"])
        return _("The note was written.")
