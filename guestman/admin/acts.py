"""What staff do to a customer besides editing the record."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from guestman.models import ContactPoint
from guestman.services import address, contact_point, customer, external_identity, group
from shopman.admin.acts import ActForm, Text
from shopman.tenancy import reading
from shopman.tenancy.rights import Right

_HOW_CHECKED = _("How was it checked? For example: called the number, saw a document.")


class DeactivateCustomer(ActForm):
    title = _("Deactivate this customer")
    lead = _(
        "The customer cannot sign in any more and is found by nobody but staff. Orders and history"
        " stay. You can reactivate the customer at any time."
    )
    submit = _("Deactivate")
    is_grave = True

    reason = forms.CharField(label=_("Reason"), max_length=1000)

    def act(self) -> Text:
        customer.deactivate(self.subject.uuid, reason=self.cleaned_data["reason"])
        return _("The customer was deactivated.")


class ReactivateCustomer(ActForm):
    title = _("Reactivate this customer")
    lead = _("The customer can sign in again and is found everywhere.")
    submit = _("Reactivate")

    def act(self) -> Text:
        customer.reactivate(self.subject.uuid)
        return _("The customer is active again.")


class RevealContacts(ActForm):
    title = _("Show the contacts of this customer")
    lead = _(
        "You see this customer's phone numbers, e-mail addresses and documents for a while. Your"
        " name and the reason are kept in the customer's history."
    )
    submit = _("Show contacts")
    right = Right.REVEAL_CONTACTS

    reason = forms.CharField(label=_("Reason"), max_length=500)

    def act(self) -> Text:
        until = reading.reveal(
            self.request, customer=self.subject.pk, reason=self.cleaned_data["reason"]
        )
        shown = time_format(timezone.localtime(until))
        return _("The contacts are shown until %(time)s.") % {"time": shown}


class ChangePhone(ActForm):
    title = _("Change the phone number")
    lead = _(
        "The new number counts as verified by you. The old one is kept as history and never signs"
        " in again; the customer signs in anew."
    )
    submit = _("Change")
    blames: ClassVar = {"invalid_phone": "phone", "phone_taken": "phone"}

    phone = forms.CharField(label=_("New phone number"), max_length=64)
    reference = forms.CharField(label=_("Checked how"), max_length=200, help_text=_HOW_CHECKED)

    def act(self) -> Text:
        contact_point.change_phone(
            customer=self.subject,
            phone=self.cleaned_data["phone"],
            method="manual",
            reference=self.cleaned_data["reference"],
        )
        return _("The phone number was changed.")


class AddContact(ActForm):
    title = _("Add a contact")
    submit = _("Add")
    blames: ClassVar = dict.fromkeys(
        (
            "invalid_phone",
            "invalid_email",
            "invalid_contact",
            "phone_taken",
            "email_taken",
            "contact_taken",
            "contact_exists",
        ),
        "value",
    )

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactPoint.Kind.choices)
    value = forms.CharField(label=_("Number, address or account"), max_length=320)
    is_shared = forms.BooleanField(
        label=_("Shared"),
        required=False,
        help_text=_(
            "A family's or an office's: the customer is found by it, but it proves nothing."
        ),
    )

    def act(self) -> Text:
        contact_point.add(customer=self.subject, source="staff", **self.cleaned_data)
        return _("The contact was added. It is not verified yet.")


class LinkIdentity(ActForm):
    title = _("Link an account")
    lead = _("An account the customer has at a provider, such as manychat, google or instagram.")
    submit = _("Link")

    provider = forms.CharField(label=_("Provider"), max_length=32)
    subject_name = forms.CharField(label=_("Account"), max_length=255)
    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=255,
        required=False,
        help_text=_("Only where one provider has several: a page or an issuer."),
    )

    def act(self) -> Text:
        external_identity.link(
            customer=self.subject,
            provider=self.cleaned_data["provider"],
            subject=self.cleaned_data["subject_name"],
            issuer=self.cleaned_data["issuer"],
        )
        return _("The account was linked.")


class VerifyContact(ActForm):
    title = _("Mark this contact as verified")
    lead = _(
        "You vouch that the customer has this contact. Others who only claimed it lose it. Your"
        " name is kept with it."
    )
    submit = _("Mark as verified")

    reference = forms.CharField(label=_("Checked how"), max_length=200, help_text=_HOW_CHECKED)

    def act(self) -> Text:
        contact_point.verify(
            contact_point=self.subject,
            method="manual",
            reference=self.cleaned_data["reference"],
        )
        return _("The contact is verified.")


class MakeContactPrimary(ActForm):
    title = _("Make this the primary contact")
    lead = _("It is shown first, and orders and messages use it.")
    submit = _("Make primary")

    def act(self) -> Text:
        contact_point.make_primary(contact_point=self.subject)
        return _("The contact is the primary one now.")


class ReleaseContact(ActForm):
    title = _("Release this contact")
    lead = _(
        "The customer does not have it any more. It is kept as history, and nobody is found by it"
        " or signs in with it."
    )
    submit = _("Release")
    is_grave = True

    def act(self) -> Text:
        contact_point.release(contact_point=self.subject)
        return _("The contact was released.")


class RemoveContact(ActForm):
    title = _("Remove this contact")
    lead = _(
        "For a contact that was entered by mistake. One that was verified is released instead."
    )
    submit = _("Remove")
    is_grave = True

    def act(self) -> Text:
        contact_point.remove(contact_point=self.subject)
        return _("The contact was removed.")


class UnlinkIdentity(ActForm):
    title = _("Unlink this account")
    lead = _("The account is not this customer's any more. It is kept as history.")
    submit = _("Unlink")
    is_grave = True

    def act(self) -> Text:
        external_identity.unlink(external_identity=self.subject)
        return _("The account was unlinked.")


class MakeAddressDefault(ActForm):
    title = _("Make this the default address")
    submit = _("Make default")

    def act(self) -> Text:
        address.set_default(address=self.subject)
        return _("The address is the default one now.")


class RemoveAddress(ActForm):
    title = _("Remove this address")
    lead = _("It is not offered any more. Orders that went there keep it.")
    submit = _("Remove")
    is_grave = True

    def act(self) -> Text:
        address.remove(address=self.subject)
        return _("The address was removed.")


class MakeGroupDefault(ActForm):
    title = _("Make this the group of new customers")
    submit = _("Make default")

    def act(self) -> Text:
        group.set_default(group=self.subject)
        return _("New customers join this group now.")
