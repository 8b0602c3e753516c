"""Forms of the login pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorman.rules import codes
from shopman.errors import Failure, Gone, PreconditionFailed, Throttled, Unavailable

T = TypeVar("T")


class DoorForm(forms.Form):
    """A form whose act may fail: the failure becomes its message."""

    failure: Failure | None = None

    def attempt(self, act: Callable[[dict[str, Any]], T]) -> T | None:
        """What ``act`` returns for the cleaned input; None with a message when it failed."""
        if not self.is_valid():
            return None
        try:
            return act(self.cleaned_data)
        except Failure as failure:
            self.fail(failure)
        return None

    def fail(self, failure: Failure) -> None:
        """Show why an act failed."""
        self.failure = failure
        # A docstring is the English source text of its translations.
        sentences = [_(failure.detail)]
        if isinstance(failure, Throttled):
            sentences.append(_wait(failure.retry_after_seconds))
        self.add_error(None, " ".join(sentences))

    @property
    def status(self) -> int:
        """How the page is answered."""
        if isinstance(self.failure, Throttled):
            return 429
        if isinstance(self.failure, Unavailable):
            return 503
        if isinstance(self.failure, PreconditionFailed):
            return 412
        if isinstance(self.failure, Gone):
            return 410
        return 400 if self.is_bound and self.errors else 200

    @property
    def message(self) -> str:
        """The one sentence that says what is wrong; empty when nothing is."""
        return next((str(text) for texts in self.errors.values() for text in texts), "")


def _wait(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if seconds < 120:
        return ngettext("Possible in %d second.", "Possible in %d seconds.", seconds) % seconds
    if minutes < 120:
        return ngettext("Possible in %d minute.", "Possible in %d minutes.", minutes) % minutes
    hours = -(-minutes // 60)
    return ngettext("Possible in %d hour.", "Possible in %d hours.", hours) % hours


class LoginForm(DoorForm):
    """One field for phone numbers and e-mail addresses."""

    identifier = forms.CharField(
        max_length=320,
        error_messages={
            "required": gettext_lazy("Enter your phone number or your e-mail address."),
            "max_length": gettext_lazy("This is too long."),
        },
    )
    next = forms.CharField(max_length=2000, required=False)

    @property
    def channel(self) -> str:
        """An address with an @ gets e-mail, everything else is a phone number."""
        return "email" if "@" in self.cleaned_data["identifier"] else "sms"


class CodeForm(DoorForm):
    """The code as it was typed."""

    code = forms.CharField(
        max_length=codes.MAX_TYPED_LENGTH,
        error_messages={
            "required": gettext_lazy("Enter the code from the message."),
            "max_length": gettext_lazy("This is too long."),
        },
    )


class LinkForm(DoorForm):
    """The button that signs in by a link."""

    #: Key of the customer the page said was signed in; whoever is signed out is asked first.
    instead_of = forms.CharField(max_length=36, required=False)
    next = forms.CharField(max_length=2000, required=False)
