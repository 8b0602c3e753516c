"""Settings of doorman: ``DOORMAN = {...}``. Every number is a default that may be changed."""

from __future__ import annotations

from shopman.conf import AppSettings


class DoormanSettings(AppSettings):
    """``DOORMAN``: neighbours, keys, codes, budgets, delivery, sessions and pages."""

    namespace = "DOORMAN"

    # Neighbours
    #: Dotted path of the customer resolver; the default keeps customers in memory.
    CUSTOMER_RESOLVER: str = "doorman.adapters.memory.MemoryResolver"
    #: Dotted path of the sender of text messages; the default sends nothing and closes the channel.
    SMS_SENDER: str = "doorman.adapters.null.NullSender"
    #: Dotted path of the sender of e-mail.
    EMAIL_SENDER: str = "doorman.adapters.email.EmailSender"

    # Keys
    #: ``id:base64`` strings of at least 32 bytes each. The first one signs, all of them verify.
    HMAC_KEYS: list[str] | tuple[str, ...] = ()
    #: ``id:base64`` strings of exactly 32 bytes. The first one seals, all of them open.
    SEAL_KEYS: list[str] | tuple[str, ...] = ()

    # Codes
    #: Digits of a code sent by text message.
    SMS_CODE_LENGTH: int = 6
    #: Seconds a code sent by text message is good for; 600 at most.
    SMS_CODE_TTL_SECONDS: int = 300
    #: Characters of a code sent by e-mail.
    EMAIL_CODE_LENGTH: int = 8
    #: Seconds a code sent by e-mail is good for; 600 at most.
    EMAIL_CODE_TTL_SECONDS: int = 600
    #: Codes that may be tried on one challenge.
    CODE_ATTEMPTS: int = 5
    #: Times a challenge may send a new code after its first one.
    RESENDS: int = 3
    #: Minutes in which a proved contact may be turned into a login when the resolver was down.
    TICKET_TTL_MINUTES: int = 5
    #: Regions (ISO 3166-1) whose numbers get text messages; empty: the tenant's own region only.
    ALLOWED_REGIONS: list[str] | tuple[str, ...] = ()

    # Budgets of sending
    #: Seconds to wait after the first, second and every further message to one identifier.
    RESEND_AFTER_SECONDS: list[int] | tuple[int, ...] = (60, 120, 300)
    #: Messages to one identifier in a quarter of an hour.
    SENDS_PER_IDENTIFIER_QUARTER_HOUR: int = 3
    #: Text messages to one number in a day.
    SENDS_PER_PHONE_DAY: int = 6
    #: Messages to one e-mail address in a day.
    SENDS_PER_EMAIL_DAY: int = 10
    #: Messages asked for from one network address (/32, IPv6 /64) in a quarter of an hour.
    SENDS_PER_ADDRESS_QUARTER_HOUR: int = 10
    #: Messages asked for from one network address in a day.
    SENDS_PER_ADDRESS_DAY: int = 40
    #: Text messages into one dial region in a day.
    SENDS_PER_REGION_DAY: int = 500
    #: Messages in a minute, all together.
    SENDS_PER_MINUTE: int = 60
    #: Messages in a day, all together.
    SENDS_PER_DAY: int = 5000
    #: Text messages into a foreign dial region in a day after which its conversion is looked at.
    CONVERSION_AFTER_SENDS: int = 50
    #: Percent of those that must have ended in a proof for the region to stay open.
    CONVERSION_MINIMUM_PERCENT: int = 10

    # Budgets of guessing
    #: Wrong codes for one identifier in an hour, over all its challenges.
    FAILURES_PER_IDENTIFIER_HOUR: int = 10
    #: Wrong codes for one identifier in a day, over all its challenges.
    FAILURES_PER_IDENTIFIER_DAY: int = 20
    #: Wrong codes from one network address in five minutes.
    FAILURES_PER_ADDRESS_5_MINUTES: int = 30
    #: Wrong codes from one network address in a day.
    FAILURES_PER_ADDRESS_DAY: int = 200
    #: Milliseconds a budget row is waited for before the door answers 503 (PostgreSQL).
    BUDGET_LOCK_TIMEOUT_MS: int = 2000

    # Delivery
    #: Seconds one attempt of a sender may take; a message is tried twice.
    SEND_TIMEOUT_SECONDS: float = 5.0
    #: Failed messages in a row after which a process leaves a sender alone for a while.
    BREAKER_FAILURES: int = 5
    #: Seconds a sender is left alone.
    BREAKER_PAUSE_SECONDS: int = 30

    # Sessions
    #: Days without a visit after which a session ends.
    SESSION_IDLE_DAYS: int = 14
    #: Days after its login at which a session ends in any case.
    SESSION_ABSOLUTE_DAYS: int = 30
    #: Hours after which a session gets a new secret.
    SESSION_ROTATION_HOURS: int = 24
    #: Seconds the old secret stays good once the new one was seen, for requests under way.
    SESSION_ROTATION_GRACE_SECONDS: int = 60
    #: Seconds between two notes of the last visit.
    SESSION_TOUCH_SECONDS: int = 300
    #: Browsers, and as many apps, in which one customer is signed in; the longest unused one is
    #: ended for a new one.
    SESSIONS_PER_CUSTOMER: int = 10
    #: Minutes a browser may take between asking for a code and typing it.
    FLOW_COOKIE_MINUTES: int = 15

    # Tokens of apps
    #: Minutes an access token is good for.
    ACCESS_TOKEN_MINUTES: int = 15
    #: Days a refresh token may go without being exchanged.
    REFRESH_TOKEN_IDLE_DAYS: int = 30
    #: Seconds in which a refresh token may be exchanged again, by callers who do so at once.
    REFRESH_TOKEN_GRACE_SECONDS: int = 10
    #: Days after its login at which an app must sign in again in any case.
    TOKEN_FAMILY_DAYS: int = 90
    #: What tokens may be good for; an app that names none of them gets all.
    TOKEN_SCOPES: list[str] | tuple[str, ...] = ("store", "account")
    #: Services that tokens may be made for; the first one is the default.
    TOKEN_AUDIENCES: list[str] | tuple[str, ...] = ("shop",)
    #: Which of them this project is: tokens for another one are not valid here.
    AUDIENCE: str = "shop"

    # Pages
    #: ``https://host`` of the shop: where links in messages lead, and what text messages are bound
    #: to. Empty: messages with codes only.
    BASE_URL: str = ""
    #: The same for each of several shops, by slug; then ``BASE_URL`` does not count, and a shop
    #: that is not named has none.
    BASE_URLS: dict[str, str] = {}  # noqa: RUF012  # a default that is read, never changed
    #: Path on that host to which the secret of a link is added; empty: no links.
    LINK_PATH: str = "/auth/link/"
    #: Where a login leads when no acceptable return path was given.
    LOGIN_REDIRECT: str = "/auth/sessions/"
    #: Path prefixes a login never returns to.
    NEXT_FORBIDDEN_PREFIXES: list[str] | tuple[str, ...] = ("/auth/", "/admin/")
    #: Name on the login pages and in messages; empty: the tenant's name.
    BRAND_NAME: str = ""
    #: Address of a logo on the shop's own host, or a path under ``STATIC_URL``; empty: the name.
    BRAND_LOGO: str = ""
    #: Colour of buttons and links as ``#rrggbb``; the text on it is chosen to be readable.
    BRAND_COLOR: str = "#1f5f4a"


conf = DoormanSettings()
