"""The reference pages, written from the code: ``.venv/bin/python -m devtools.reference``.

``tests/test_reference.py`` fails when a page and the code disagree, so no setting, error, signal,
port, command, check, job or endpoint goes undocumented.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator

# Sets Django up: comes before everything that needs it.
from devtools import ROOT
from devtools.source import APPS, cell, comments, every_module, first_paragraph

# isort: split
from django.core.management import get_commands, load_command_class
from django.dispatch import Signal
from drf_spectacular.generators import SchemaGenerator

from config import problems
from devtools import operations
from shopman.conf import AppSettings
from shopman.errors import Failure
from shopman.models import Membership
from shopman.tenancy import rights

PAGES = ROOT / "docs" / "reference"
NOTE = "<!-- Written from the code by devtools/reference.py; edit the code instead. -->\n"


def main() -> None:
    """Write every page."""
    for name, page in pages().items():
        (PAGES / name).write_text(page)


def pages() -> dict[str, str]:
    """File name to text of every generated page."""
    makers: dict[str, Callable[[], str]] = {
        "settings.md": settings_page,
        "errors.md": errors_page,
        "events.md": events_page,
        "ports.md": ports_page,
        "commands.md": commands_page,
        "http.md": http_page,
        "jobs.md": operations.jobs_page,
        "checks.md": operations.checks_page,
        "roles.md": roles_page,
    }
    return {name: f"{NOTE}{make().strip()}\n" for name, make in makers.items()}


def settings_page() -> str:
    """Every key of every app's settings, then the environment."""
    lines = ["# Settings", "", "One dict per app in `config/settings.py`. An unknown key fails"]
    lines += ["`manage.py check`, which names the nearest known one.", ""]
    every_module()
    known = [kind for kind in AppSettings.__subclasses__() if kind.__module__.startswith(APPS)]
    for kind in sorted(known, key=lambda one: one.namespace):
        about = comments(inspect.getsource(kind))
        lines += [f"## `{kind.namespace}`", "", first_paragraph(kind), ""]
        lines += ["| key | type | default | meaning |", "|---|---|---|---|"]
        for key, hint in kind.keys().items():
            shown = getattr(hint, "__name__", None) if inspect.isclass(hint) else None
            default = vars(kind).get(key)
            lines.append(
                f"| `{key}` | `{cell(shown or str(hint).replace('typing.', ''))}` "
                f"| `{cell(repr(default))}` | {cell(about.get(key, ''))} |"
            )
        lines.append("")
    return "\n".join([*lines, *environment_lines()])


#: What each variable is for; a variable that is missing here stops the page from being written.
ENVIRONMENT = {
    "ALLOWED_HOSTS": "Host names the site answers to, separated by commas.",
    "CSRF_TRUSTED_ORIGINS": "Origins such as https://shop.example.com whose forms are accepted.",
    "DATABASE_CONN_MAX_AGE": "Seconds a database connection is kept when there is no pool.",
    "DATABASE_POOL_SIZE": "Most connections of a process's pool; 0: no pool (PostgreSQL).",
    "DATABASE_PREPARED": "Keep plans of frequent statements (PostgreSQL); 0: the pooler cannot.",
    "DATABASE_URL": "postgres://user:password@host:5432/name; empty: SQLite in var/.",
    "DEBUG": "Development: error pages with details, plain cookies, codes on the console.",
    "DEFAULT_FROM_EMAIL": "Sender of e-mail.",
    "DETECT_N_PLUS_ONE": "Raise when rows are loaded one by one in a loop.",
    "DJANGO_SECRET_KEY": "Signs staff sessions and forms; 50 or more random characters.",
    "DOORMAN_BASE_URL": "https address of the shop: links in messages lead there.",
    "DOORMAN_BASE_URLS": "The same for several shops: shop=https://a.example,other=https://…",
    "DOORMAN_HMAC_KEYS": "id:base64 of 32 random bytes, the newest first, separated by commas.",
    "DOORMAN_SEAL_KEYS": "The same form; they seal what must be read again.",
    "DOORMAN_SMS_SENDER": "Dotted path of the sender of text messages.",
    "EMAIL_URL": "smtp+tls://user:password@host:587, or consolemail://.",
    "ERASURE_LEDGER": "File that erasures are added to; keep it apart from backups.",
    "GOOGLE_PLACES_KEY": "Key of Google's Places API (New); with one, addresses are suggested.",
    "LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR.",
    "REDIS_URL": "redis://host:6379/0: cache and broker; empty: everything in process.",
    "SECURE_HSTS_SECONDS": "How long browsers insist on https.",
    "SECURE_SSL_REDIRECT": "Send http requests to https.",
    "SHOPMAN_DEFAULT_CURRENCY": "ISO 4217 currency of the first shop.",
    "SHOPMAN_DEFAULT_LOCALE": "Language of the first shop.",
    "SHOPMAN_DEFAULT_REGION": "ISO 3166-1 region in which its national numbers are read.",
    "SHOPMAN_DEFAULT_SLUG": "Short name of the first shop; empty: every request names its shop.",
    "SHOPMAN_DEFAULT_TIME_ZONE": "IANA time zone of its business days.",
    "SUPPRESSION_KEYS": "id:base64 of 32 random bytes, the newest first; empty: doorman's.",
    "TENANT_CACHE_SECONDS": "How long a process remembers which host belongs to which shop.",
    "TRUSTED_PROXY_COUNT": "Proxies in front whose forwarded headers are believed.",
}


def environment_lines() -> list[str]:
    """Environment variables, from the calls of ``env`` in the settings file."""
    source = (ROOT / "config" / "settings.py").read_text()
    calls = re.findall(
        r'\benv(?:\.(\w+))?\(\s*"(\w+)"(?:,\s*default=((?:[^()]|\([^()]*\))*?))?,?\s*\)', source
    )
    lines = ["## Environment", "", "| variable | kind | default | meaning |", "|---|---|---|---|"]
    found = {name: (kind or "text", " ".join(default.split())) for kind, name, default in calls}
    for name, (kind, default) in sorted(found.items()):
        shown = f"`{cell(default.rstrip(','))}`" if default else "required"
        lines.append(f"| `{name}` | {kind} | {shown} | {ENVIRONMENT[name]} |")
    return lines


def errors_page() -> str:
    """Every named failure with its status."""
    every_module()
    lines = [
        "# Errors",
        "",
        "Every failure has a stable `code`. Over HTTP it is a problem document",
    ]
    lines += [
        "(RFC 9457) with this status.",
        "",
        "| code | status | meaning | class |",
        "|---|---|---|---|",
    ]
    found = {kind for kind in subclasses(Failure) if kind.__module__.split(".")[0] in APPS}
    for kind in sorted(found, key=lambda one: (one.code, one.__module__)):
        known = (problems.STATUS_OF[one] for one in kind.__mro__ if one in problems.STATUS_OF)
        status = next(known, 500)
        where = f"`{kind.__module__}.{kind.__name__}`"
        lines.append(f"| `{kind.code}` | {status} | {cell(first_paragraph(kind))} | {where} |")
    return "\n".join(lines)


def subclasses(kind: type[Failure]) -> Iterator[type[Failure]]:
    """All that descend from a failure."""
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def events_page() -> str:
    """Every signal, and which of them are outbox events as well."""
    lines = [
        "# Events",
        "",
        "A signal is sent in the process where something happened, after commit. What must not be",
        "lost is an outbox event as well: written in the transaction that made it true, and",
        "[delivered at least once](../algorithms/outbox.md). Payloads hold ids and field names,",
        "never values of contacts.",
        "",
        "## Signals",
        "",
        "| signal | meaning |",
        "|---|---|",
    ]
    lines += [f"| `{name}` | {cell(about)} |" for name, about in signals().items()]
    lines += ["", "## Outbox events", "", "| name | subject | told also by the signal |"]
    lines += ["|---|---|---|"]
    by_name = {name.rpartition(".")[2]: name for name in signals()}
    for name in operations.outbox_names():
        signal = by_name[name.partition(".")[2]]
        lines.append(f"| `{name}` | `{operations.subject_of(name)}` | `{signal}` |")
    return "\n".join(lines)


def signals() -> dict[str, str]:
    """The dotted name of every signal, with its comment."""
    found: dict[str, str] = {}
    for module in every_module():
        if module.__name__.rpartition(".")[2] != "signals":
            continue
        about = comments(inspect.getsource(module))
        for name, value in vars(module).items():
            if isinstance(value, Signal):
                found[f"{module.__name__}.{name}"] = about.get(name, "")
    return found


def ports_page() -> str:
    """Every port with its methods."""
    lines = ["# Ports", ""]
    for module in every_module():
        if ".protocols." not in module.__name__:
            continue
        for name, kind in vars(module).items():
            if not inspect.isclass(kind) or kind.__module__ != module.__name__:
                continue
            if not getattr(kind, "_is_protocol", False):
                continue
            lines += [
                f"## `{module.__name__}.{name}`",
                "",
                first_paragraph(kind) if kind.__doc__ else "",
                "",
            ]
            for method, function in vars(kind).items():
                if inspect.isfunction(function) and (method == "__call__" or method[0] != "_"):
                    signature = str(inspect.signature(function)).replace("'", "")
                    lines += [f"`{method}{signature}`", "", f": {first_paragraph(function)}", ""]
    return "\n".join(lines)


def roles_page() -> str:
    """Every right and the roles that have it."""
    roles = Membership.Role
    lines = [
        "# Roles",
        "",
        "Whoever works for a shop reads all of it but contacts, within the organizations the",
        "membership is limited to. What else a role may do is one table,",
        "`shopman.tenancy.rights.RIGHTS`, asked by the staff pages and the HTTP API alike.",
        "A superuser is the owner of every shop.",
        "",
        f"| right | what it allows | {' | '.join(map(str, roles.labels))} |",
        f"|---|---|{'---|' * len(roles)}",
    ]
    about = comments(inspect.getsource(rights.Right))
    for right in rights.Right:
        has = ("yes" if right in rights.of_role(role) else "" for role in roles)
        lines.append(f"| `{right}` | {cell(about[right.name])} | {' | '.join(has)} |")
    return "\n".join([*lines, "", *ROLE_NOTES])


#: What the table alone does not say.
ROLE_NOTES = (
    '`SHOPMAN["CONTACT_ROLES"]` names the roles that read contacts; the table shows the',
    "default. The others see masks, and may reveal one customer's contacts for",
    '`SHOPMAN["CONTACT_REVEAL_MINUTES"]` in their session, with a reason that the audit',
    "trail keeps.",
    "",
    "Over HTTP a change without the right is answered 403: `read_only_role` for a role that",
    "changes nothing, `right_missing` for one that lacks this right.",
)


def commands_page() -> str:
    """Every command of our own with its options."""
    lines = [
        "# Commands",
        "",
        "Run them with `.venv/bin/python manage.py NAME`. They end with 0 when they did their",
        "work, with 1 and a sentence on standard error when they could not, with 2 when the",
        "arguments make no sense. Progress is drawn on standard error, and only on a terminal.",
        "",
    ]
    for name, app in sorted(get_commands().items()):
        if app.split(".")[0] in (*APPS, "config"):
            command = load_command_class(app, name)
            parser = command.create_parser("manage.py", name)
            formatter = parser._get_formatter()
            own = [action for action in parser._actions if action.dest not in DJANGO_OPTIONS]
            lines += [f"## `{name}`", "", " ".join(str(command.help).split()), ""]
            for action in own:
                label = ", ".join(action.option_strings) or action.dest.upper()
                about = formatter._expand_help(action) if action.help else ""
                lines.append(f"- `{label}`: {' '.join(about.split())}".rstrip())
            lines.append("")
    return "\n".join(lines)


DJANGO_OPTIONS = {
    "help", "version", "verbosity", "settings", "pythonpath", "traceback", "no_color",
    "force_color", "skip_checks",
}  # fmt: skip


def http_page() -> str:
    """Every endpoint, from the schema."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    lines = [
        "# HTTP",
        "",
        "The machine-readable description is at `/api/schema/`, a rendered one at",
    ]
    lines += ["`/api/docs/`.", "", "| method | path | what it does |", "|---|---|---|"]
    for path, methods in sorted(schema["paths"].items()):
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                what = operation.get("summary") or operation.get("description") or ""
                first = cell(what.partition("\n")[0])
                lines.append(f"| {method.upper()} | `{path}` | {first} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
