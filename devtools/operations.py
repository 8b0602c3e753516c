"""The reference pages about running a shop: system checks, background jobs; and outbox names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from devtools.source import APPS, cell, every_module, first_paragraph, tree

# isort: split
from django.conf import settings
from django.dispatch import Signal

from config import checks as project_checks
from config.celery import app as celery
from guestman import signals as guestman_signals

#: As crontab counts them.
_DAYS = ("Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays")
_CHECK = re.compile(r"\w+\.[EWI]\d{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One message of a system check; capitals stand where a value is filled in."""

    id: str
    level: str
    says: str
    hint: str


def checks_page() -> str:
    """Every message of a system check of our own."""
    lines = [
        "# System checks",
        "",
        "`manage.py check` tries settings, keys and ports before anything is served. Add",
        "`--database default` to look into the database too, and `--deploy` for what only matters",
        "on a server. An error stops `manage.py`; a warning does not.",
        "",
        "| id | level | what it says | what to do |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{each.id}` | {each.level} | {cell(each.says)} | {cell(each.hint)} |"
        for each in complaints()
    ]
    return "\n".join(lines)


def complaints() -> list[Complaint]:
    """What the checks of all apps may say, by id."""
    found = {each for module in (*every_module(), project_checks) for each in _complaints(module)}
    return sorted(found, key=lambda each: (each.id, each.says))


def _complaints(module: Any) -> Iterator[Complaint]:
    for node in ast.walk(tree(module)):
        if not isinstance(node, ast.Call):
            continue
        given = {word.arg: word.value for word in node.keywords}
        name = given.get("id")
        if isinstance(name, ast.Constant) and _CHECK.fullmatch(str(name.value)):
            yield Complaint(
                id=str(name.value),
                level=ast.unparse(node.func).rpartition(".")[2].lower(),
                says=_template(node.args[0]),
                hint=_template(given["hint"]) if "hint" in given else "",
            )


def _template(node: ast.expr) -> str:
    """A text of the source; names in capitals stand for what is filled in later."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_template(each) for each in node.values)
    if isinstance(node, ast.IfExp):
        return f"{_template(node.body)} {_template(node.orelse)}"
    if isinstance(node, ast.FormattedValue):
        return _template(node.value)
    named = {ast.Name: "id", ast.Attribute: "attr"}.get(type(node))
    return str(getattr(node, named)).upper() if named else "…"


def jobs_page() -> str:
    """Every Celery task of our own, and what beat starts when."""
    lines = [
        "# Background jobs",
        "",
        "With `REDIS_URL` Celery workers run these tasks. Without it a cron runs the commands that",
        "[Celery and Redis](../howto/celery.md) names. Every task bears being run twice.",
        "",
        "| task | what it does | started |",
        "|---|---|---|",
    ]
    when = {entry["task"]: _when(entry["schedule"]) for entry in _schedule().values()}
    for name, task in sorted(celery.tasks.items()):
        if name.startswith(APPS):
            started = when.get(name, "by other tasks and requests")
            lines.append(f"| `{name}` | {cell(first_paragraph(task.run))} | {started} |")
    return "\n".join(lines)


def _schedule() -> dict[str, Any]:
    found: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    return found


def _when(schedule: Any) -> str:
    if hasattr(schedule, "hour"):
        hour, minute = (int(next(iter(each))) for each in (schedule.hour, schedule.minute))
        days = sorted(schedule.day_of_week)
        when = "daily" if len(days) == len(_DAYS) else " and ".join(_DAYS[day] for day in days)
        return f"{when} at {hour:02}:{minute:02} UTC"
    return f"every {schedule:.0f} seconds"


def outbox_names() -> list[str]:
    """The names of all outbox events."""
    names = {f"guestman.{name}" for name, one in vars(guestman_signals).items() if _is_signal(one)}
    for module in every_module():
        if not module.__name__.startswith("shopman."):
            app = module.__name__.partition(".")[0]
            names |= {name if "." in name else f"{app}.{name}" for name in _recorded(module)}
    return sorted(names)


def _is_signal(one: object) -> bool:
    return isinstance(one, Signal)


def _recorded(module: Any) -> Iterator[str]:
    """Names given to ``outbox.record``, to a ``Fact``, or to a function named ``_outbox``."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "outbox.record", "outbox.Fact", "Fact", "_outbox",
        ):  # fmt: skip
            named = [word.value for word in node.keywords if word.arg == "name"]
            for value in (*named, *node.args[:1]):
                if isinstance(value, ast.Constant):
                    yield str(value.value)


def subject_of(name: str) -> str:
    """What an outbox event is about."""
    if name == "omniman.orders_imported":
        return "import:<uuid>"
    return "order:<uuid>" if name.startswith("omniman.") else "customer:<uuid>"
