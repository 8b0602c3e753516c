"""What staff decide about a pair."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from guestman.contrib.duplicates.services import decisions
from shopman.admin.acts import ActForm, Text


class DifferentPeopleAct(ActForm):
    title = _("These are different people")
    lead = _(
        "They are not suggested again and cannot be merged, until they come to have more in common"
        " than now. You can take it back."
    )
    submit = _("Different people")

    reason = forms.CharField(label=_("Reason"), max_length=1000, required=False)

    def act(self) -> Text:
        decisions.different(self.subject.pk, reason=self.cleaned_data["reason"])
        return _("Remembered: %(pair)s are different people.") % {"pair": self.subject}


class ReopenAct(ActForm):
    title = _("Take the decision back")
    lead = _("The two are suggested again and may be merged.")
    submit = _("Take it back")

    reason = forms.CharField(label=_("Reason"), max_length=1000, required=False)

    def act(self) -> Text:
        decisions.reopen(self.subject.pk, reason=self.cleaned_data["reason"])
        return _("The decision was taken back.")
