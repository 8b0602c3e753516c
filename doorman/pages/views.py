"""Views of ``/auth/``."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_protect
from django.views.i18n import set_language

from doorman import web
from doorman.conf import conf
from doorman.errors import ChallengeClosed, CodeInvalid, NoAccount, ResolverUnavailable
from doorman.pages.forms import CodeForm, DoorForm, LoginForm
from doorman.pages.page import Page, see_other
from doorman.rules import colour
from doorman.services import access, challenge, login
from doorman.services.login import Login
from shopman.api.address import client_address


class DoorPage(Page):
    """A page that may let somebody in."""

    def let_in(self, entered: Login) -> HttpResponse:
        response = see_other(entered.next_path or conf.LOGIN_REDIRECT)
        web.enter(self.request, response, entered)
        return response


class LoginPage(Page):
    """Asks for a phone number or an e-mail address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = web.accepted_next(request.GET.get("next"))
        if self.customer.is_authenticated:
            return see_other(wanted or conf.LOGIN_REDIRECT)
        return self.show("doorman/login", {"next": wanted}, LoginForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LoginForm(request.POST)
        wanted = web.accepted_next(request.POST.get("next"))
        started = form.attempt(
            lambda given: challenge.start(
                channel=form.channel,
                identifier=given["identifier"],
                next_path=wanted,
                address=client_address(request),
                client="browser",
                locale=web.locale(request),
                user_agent=web.user_agent(request),
            )
        )
        if started is None:
            return self.show("doorman/login", {"next": wanted}, form)
        response = self.go("code")
        web.keep_flow(response, started.flow)
        return response


class CodeStep(DoorPage):
    """What the acts between asking for a code and being in have in common."""

    def ask(self, form: DoorForm) -> HttpResponse:
        """The page for what can be done next: type a code, try to finish, or begin again."""
        if isinstance(form.failure, ResolverUnavailable):
            return self.show("doorman/unfinished", {}, form)
        if isinstance(form.failure, NoAccount):
            return self.show("doorman/no_account", {}, form)
        look = DoorForm({})
        started = look.attempt(lambda _: challenge.current(claim=web.page_claim(self.request)))
        if started is not None:
            return self.show("doorman/code", {"started": started}, form)
        # A second click on the button of a login that went well.
        if self.customer.is_authenticated:
            return see_other(conf.LOGIN_REDIRECT)
        if not form.is_bound and isinstance(look.failure, CodeInvalid):
            return self.go("login")
        if form.failure is None or isinstance(look.failure, ChallengeClosed):
            form = look
        return self.show("doorman/closed", {}, form)


class CodePage(CodeStep):
    """Asks for the code."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.ask(CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        entered = form.attempt(
            lambda given: login.verify(
                claim=web.page_claim(request),
                code=given["code"],
                address=client_address(request),
                user_agent=web.user_agent(request),
                old_secret=web.old_secret(request),
            )
        )
        return self.let_in(entered) if entered else self.ask(form)


class ResendAction(CodeStep):
    """Sends another code."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DoorForm({})
        started = form.attempt(
            lambda _: challenge.resend(
                claim=web.page_claim(request), address=client_address(request)
            )
        )
        return self.go("code") if started else self.ask(form)


class FinishAction(CodeStep):
    """Finishes a login for which the resolver was not there."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DoorForm({})
        entered = form.attempt(
            lambda _: login.redeem(
                claim=web.page_claim(request),
                user_agent=web.user_agent(request),
                old_secret=web.old_secret(request),
            )
        )
        return self.let_in(entered) if entered else self.ask(form)


class LogoutAction(Page):
    """Ends this session."""

    def post(self, request: HttpRequest) -> HttpResponse:
        customer = self.customer
        if customer.session_uuid is not None:
            access.close(uuid=customer.session_uuid, reason="signed_out")
        response = self.go("login")
        web.leave(response)
        return response


class SessionsPage(Page):
    """Where the customer is signed in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        customer = self.customer
        if customer.uuid is None:
            return self.turn_away() if customer.refused else self.go("login")
        rows = access.running(customer_uuid=customer.uuid)
        return self.show("doorman/sessions", {"sessions": rows, "customer": customer})


class EndAction(Page):
    """Ends one of the customer's sessions."""

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        customer = self.customer
        if customer.uuid is None:
            return self.go("login")
        access.close_own(customer_uuid=customer.uuid, uuid=uuid)
        response = self.go("sessions")
        if uuid == customer.session_uuid:
            web.leave(response)
        return response


class EndOthersAction(Page):
    """Ends all of them but this one."""

    def post(self, request: HttpRequest) -> HttpResponse:
        customer = self.customer
        if customer.uuid is None or customer.session_uuid is None:
            return self.go("login")
        access.close_others(customer_uuid=customer.uuid, but=customer.session_uuid)
        return self.go("sessions")


@method_decorator(csrf_protect, name="dispatch")
class LanguageAction(View):
    """Keeps the chosen language in a cookie, and goes back to where it was chosen."""

    def post(self, request: HttpRequest) -> HttpResponse:
        answer: HttpResponse = set_language(request)
        return answer


class BrandStyle(View):
    """The shop's colour as a style sheet, because the pages allow no inline style."""

    def get(self, request: HttpRequest) -> HttpResponse:
        brand = conf.BRAND_COLOR
        text = (
            f":root{{--brand:{brand};--on-brand:{colour.text_on(brand)};"
            f"--link-light:{colour.readable(brand, on='#ffffff')};"
            f"--link-dark:{colour.readable(brand, on='#17191c')}}}"
        )
        response = HttpResponse(text, content_type="text/css")
        response["Cache-Control"] = "public, max-age=300"
        return response
