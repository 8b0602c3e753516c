"""Settings of the project: twelve-factor, one file.

Every environment variable is described in ``docs/reference/settings.md``. Without any, the suite
runs on SQLite, an in-process cache and the console.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# Keys that dev.py made for this clone; what the environment says already is not overridden.
environ.Env.read_env(str(BASE_DIR / ".env.local"))

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("DJANGO_SECRET_KEY")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else []
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
REDIS_URL = env("REDIS_URL", default="")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "config.apps.ShopAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "shopman",
    "guestman",
    "guestman.contrib.duplicates",
    "guestman.contrib.identifiers",
    "guestman.contrib.imports",
    "guestman.contrib.insights",
    "guestman.contrib.privacy",
    "guestman.contrib.merge",
    "doorman",
    "omniman",
    "offerman",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shopman.middleware.RequestContextMiddleware",
    "config.middleware.PolicyMiddleware",
    "config.middleware.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "shopman.tenancy.staff.StaffMiddleware",
    "shopman.tenancy.middleware.TenantMiddleware",
    "doorman.middleware.CustomerMiddleware",
    "shopman.middleware.PageMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

if env.bool("DETECT_N_PLUS_ONE", default=False):
    # A query per row raises. For development and tests: it looks at every attribute access.
    INSTALLED_APPS.append("zeal")
    MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def database(url: str) -> dict[str, Any]:
    """Connection settings for a database URL: SQLite or PostgreSQL."""
    parsed: dict[str, Any] = env.db_url_config(url)
    if parsed["ENGINE"] == "django.db.backends.sqlite3":
        # Without WAL and IMMEDIATE, concurrent writers lose their work to "database is locked".
        parsed["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        return parsed
    options = parsed.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 5)
    if env.bool("DATABASE_PREPARED", default=True):
        # For the statements of shopman.prepared: the second time the plan is kept.
        options.setdefault("prepare_threshold", 1)
    pool_size = env.int("DATABASE_POOL_SIZE", default=0)
    if pool_size:
        # A pool waits 30 s by default and hides a wrong host that long.
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 5}
    else:
        parsed["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
        parsed["CONN_HEALTH_CHECKS"] = True
    return parsed


DATABASE_URL = (
    env("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'var' / 'shopman.sqlite3'}"
)
DATABASES = {"default": database(DATABASE_URL)}

CACHES: dict[str, Any] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# Time, language, files
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("pt-br", _("Portuguese")), ("en", _("English")), ("es", _("Spanish"))]
# The language somebody chose in the foot of a page for shoppers.
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SECURE = not DEBUG
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = BASE_DIR / "var" / "media"

# E-mail
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="shop@localhost")

# Security
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_NAME = "staff_session"
SESSION_ENGINE = "shopman.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEBUG)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}
CSRF_FAILURE_VIEW = "config.problems.csrf_failure"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# HTTP API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["shopman.api.authentication.StaffSessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["shopman.api.permissions.DenyAll"],
    "DEFAULT_PARSER_CLASSES": ["shopman.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["shopman.api.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "shopman.api.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "config.problems.answer",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Shopman API",
    "VERSION": "1",
    "DESCRIPTION": (BASE_DIR / "config" / "introduction.md").read_text(),
    "TAGS": [
        {"name": "door", "description": "Signing shoppers in and out."},
        {"name": "store", "description": "Products, carts and orders, for shoppers and visitors."},
        {"name": "customers", "description": "Customers and what belongs to them, for staff."},
        {"name": "orders", "description": "Orders and channels, for staff."},
        {"name": "prices", "description": "Products and price lists, for staff."},
        {"name": "insights", "description": "Numbers about customers, for staff."},
        {"name": "duplicates", "description": "Customers that may be one person, for staff."},
        {"name": "merges", "description": "Customers that became one, for staff with the right."},
    ],
    "EXTENSIONS_ROOT": {
        "x-tagGroups": [
            {"name": "Door", "tags": ["door"]},
            {"name": "Store", "tags": ["store"]},
            {
                "name": "Staff",
                "tags": ["customers", "orders", "prices", "insights", "duplicates", "merges"],
            },
        ]
    },
    "SERVERS": [{"url": "/", "description": "The shop whose host this is."}],
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Inputs of PATCH say themselves that every field may be left out.
    "COMPONENT_SPLIT_PATCH": False,
    "SCHEMA_PATH_PREFIX": r"/api(/auth)?/v[0-9]+",
    # Choices stay where they are used: several models have a "kind" and a "status".
    "POSTPROCESSING_HOOKS": [],
}

# Admin pages
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Shopman",
    "SITE_HEADER": "Shopman",
    "SITE_ICON": lambda request: static("shopman/icon.svg"),
    # There is no page at "/" to lead to.
    "SITE_URL": None,
    "STYLES": [lambda request: static("shopman/shell.css")],
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": "config.navigation.groups",
    },
    "COLORS": {
        # The green of the icon. 500 is text on dark ground, 600 text on light ground and the
        # ground of white text: each with a contrast of 4.5 or more.
        "primary": {
            "50": "#f0f9f5",
            "100": "#d9f0e5",
            "200": "#b4e0cc",
            "300": "#86caae",
            "400": "#62b896",
            "500": "#4fb08c",
            "600": "#1f6f54",
            "700": "#1f5f4a",
            "800": "#1a4d3d",
            "900": "#153f33",
            "950": "#0b241d",
        },
    },
}

# Jobs
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "relay the outbox": {"task": "shopman.tasks.relay_outbox", "schedule": 10.0},
    "go on with interrupted jobs": {
        "task": "shopman.tasks.continue_jobs",
        "schedule": 60.0,
    },
    "purge what expired": {
        "task": "shopman.tasks.purge_expired",
        "schedule": crontab(hour=3, minute=17),
    },
    "recalculate insights": {
        "task": "guestman.contrib.insights.tasks.recalculate_tenants",
        "schedule": crontab(hour=2, minute=30),
    },
    "go on with interrupted recalculations": {
        "task": "guestman.contrib.insights.tasks.continue_runs",
        "schedule": 60.0,
    },
    "refresh stale insights": {
        "task": "guestman.contrib.insights.tasks.refresh_stale_tenants",
        "schedule": 60.0,
    },
    "erase what was kept long enough": {
        "task": "guestman.contrib.privacy.tasks.retain_tenants",
        "schedule": crontab(hour=3, minute=42),
    },
    "find duplicates": {
        "task": "guestman.contrib.duplicates.tasks.find_tenants",
        "schedule": crontab(hour=4, minute=10, day_of_week="sunday"),
    },
    "go on with interrupted searches for duplicates": {
        "task": "guestman.contrib.duplicates.tasks.continue_scans",
        "schedule": 60.0,
    },
    "compare changed customers": {
        "task": "guestman.contrib.duplicates.tasks.compare_changed_tenants",
        "schedule": 60.0,
    },
    "merge customers who are certainly one": {
        "task": "guestman.contrib.duplicates.tasks.merge_certain_tenants",
        "schedule": crontab(hour=5, minute=12),
    },
    "release what orders held of erased people": {
        "task": "omniman.tasks.release_held",
        "schedule": crontab(hour=3, minute=47),
    },
    "purge the door": {
        "task": "doorman.tasks.purge_expired",
        "schedule": crontab(hour=3, minute=22),
    },
    "purge expired carts": {
        "task": "omniman.tasks.purge_carts",
        "schedule": crontab(hour=3, minute=27),
    },
    "purge old imports of customers": {
        "task": "guestman.contrib.imports.tasks.purge_imports",
        "schedule": crontab(hour=3, minute=37),
    },
    "purge rejected rows of old imports": {
        "task": "omniman.tasks.purge_import_rejects",
        "schedule": crontab(hour=3, minute=32),
    },
}

# The suite
#: What ``seed_demo`` and the first migration make the default tenant from.
SHOPMAN_DEFAULT_TENANT = {
    "slug": env("SHOPMAN_DEFAULT_SLUG", default="shop"),
    "currency": env("SHOPMAN_DEFAULT_CURRENCY", default="BRL"),
    "time_zone": env("SHOPMAN_DEFAULT_TIME_ZONE", default="America/Sao_Paulo"),
    "region": env("SHOPMAN_DEFAULT_REGION", default="BR"),
    "locale": env("SHOPMAN_DEFAULT_LOCALE", default="pt-br"),
}
SHOPMAN = {
    # An empty SHOPMAN_DEFAULT_SLUG: several shops, and every request must name its own.
    "DEFAULT_TENANT": SHOPMAN_DEFAULT_TENANT["slug"] or None,
    "OUTBOX_CONSUMERS": [
        "doorman.services.sweep.consume",
        "guestman.contrib.insights.consumers.consume",
        "guestman.contrib.privacy.consumers.consume",
        "config.guests.consume",
        "guestman.contrib.duplicates.consumers.consume",
    ],
    "JOB_WORKERS": bool(REDIS_URL),
    "TRUSTED_PROXY_COUNT": TRUSTED_PROXY_COUNT,
    "TENANT_CACHE_SECONDS": env.int("TENANT_CACHE_SECONDS", default=5),
    "STORE_AUTHENTICATION": [
        "doorman.api.authentication.CustomerTokenAuthentication",
        "doorman.api.authentication.CustomerSessionAuthentication",
    ],
}
GOOGLE_PLACES_KEY = env("GOOGLE_PLACES_KEY", default="")
GUESTMAN: dict[str, Any] = {
    "ORDER_HISTORY_BACKEND": "guestman.adapters.omniman_orders.OmnimanOrderHistoryBackend",
    "IDENTITY_RESOLVER": "guestman.contrib.identifiers.resolver.IdentityResolver",
    # With a key, the page of a new address suggests while somebody types.
    "GEOCODER": "guestman.adapters.google_places.GooglePlacesGeocoder"
    if GOOGLE_PLACES_KEY
    else "guestman.protocols.geocoder.NullGeocoder",
    "GOOGLE_PLACES_KEY": GOOGLE_PLACES_KEY,
    "SUPPRESSION_KEYS": env.list(
        "SUPPRESSION_KEYS", default=env.list("DOORMAN_HMAC_KEYS", default=[])
    ),
    "ERASURE_LEDGER": env("ERASURE_LEDGER", default=str(BASE_DIR / "var" / "erasures.jsonl")),
}
DOORMAN: dict[str, Any] = {
    "CUSTOMER_RESOLVER": "guestman.adapters.doorman.GuestmanCustomerResolver",
    "HMAC_KEYS": env.list("DOORMAN_HMAC_KEYS", default=[]),
    "SEAL_KEYS": env.list("DOORMAN_SEAL_KEYS", default=[]),
    "SMS_SENDER": env(
        "DOORMAN_SMS_SENDER",
        default=f"doorman.adapters.{'console.ConsoleSender' if DEBUG else 'null.NullSender'}",
    ),
    "LOGIN_REDIRECT": "/account/",
    "BASE_URL": env("DOORMAN_BASE_URL", default="http://localhost:8000" if DEBUG else ""),
    "BASE_URLS": env.dict("DOORMAN_BASE_URLS", default={}),
}
OMNIMAN: dict[str, Any] = {
    "CUSTOMER_DIRECTORY": "guestman.adapters.omniman_customers.GuestmanCustomerDirectory",
    "PRICE_BOOK": "offerman.adapters.omniman.OffermanPriceBook",
}
OFFERMAN: dict[str, Any] = {
    "CUSTOMER_PRICE_LIST": "guestman.services.customer.price_list",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "shopman.logs.ContextFilter"}},
    "formatters": {
        "json": {"()": "shopman.logs.JSONFormatter"},
        "console": {"()": "shopman.logs.ConsoleFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["context"],
            "formatter": "console" if DEBUG else "json",
        }
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
