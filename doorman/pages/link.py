"""Magic links: opened by GET, which changes nothing, and confirmed by POST."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from doorman import web
from doorman.conf import conf
from doorman.errors import NoAccount, ResolverUnavailable
from doorman.pages.forms import DoorForm, LinkForm
from doorman.pages.page import Page, see_other
from doorman.pages.views import DoorPage
from doorman.rules import links
from doorman.services import link, login
from shopman.api.address import client_address

#: How long somebody may look at the page; the link itself ends sooner.
_SECONDS: Final = 600


class LinkLanding(Page):
    """Takes the secret out of the address, so that no history, referrer or log keeps it.

    Looks nothing up: every link, good or not, leads on.
    """

    referrer_policy = "no-referrer"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        response = self.go("link")
        secret = links.normalise(token)
        web.set_cookie(response, web.link_cookie(), secret, max_age_seconds=_SECONDS)
        return response


class LinkPage(DoorPage):
    """Says whom the link signs in and asks whether to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.ask(LinkForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LinkForm(request.POST)
        if request.POST.get("instead_of", "") != _key(self.customer.uuid):
            # Somebody signed in or out since the page was made: it says another thing now.
            return self.ask(LinkForm())
        entered = form.attempt(
            lambda _: login.follow(
                token=self._token,
                flow=web.flow(request),
                address=client_address(request),
                user_agent=web.user_agent(request),
                old_secret=web.old_secret(request),
            )
        )
        if entered is None:
            return self.ask(form)
        response = self.let_in(entered)
        web.drop_cookie(response, web.link_cookie())
        return response

    @property
    def _token(self) -> str:
        return self.request.COOKIES.get(web.link_cookie(), "")

    def ask(self, form: DoorForm) -> HttpResponse:
        """The page for what can be done next: confirm, go on where one is in, or begin again."""
        if isinstance(form.failure, NoAccount):
            return self.show("doorman/no_account", {}, form)
        may_confirm = form.failure is None or isinstance(form.failure, ResolverUnavailable)
        look = DoorForm({})
        shown = look.attempt(lambda _: link.look(token=self._token, flow=web.flow(self.request)))
        if shown is not None and may_confirm:
            context = {"link": shown, "customer": self.customer, "back": conf.LOGIN_REDIRECT}
            return self.show("doorman/link", context, form)
        # A second click, or the second of two tabs.
        if shown is None and self.customer.is_authenticated:
            wanted = web.accepted_next(self.request.POST.get("next"))
            return see_other(wanted or conf.LOGIN_REDIRECT)
        may_type_code = {"may_type_code": bool(web.flow(self.request))}
        return self.show("doorman/closed", may_type_code, look if form.failure is None else form)


def _key(uuid: UUID | None) -> str:
    return str(uuid) if uuid else ""
