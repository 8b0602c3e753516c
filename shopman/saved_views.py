"""Lists as staff want to see them again: saved, renamed, deleted, found."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from shopman.errors import Conflict, FieldError, Invalid, NotFound
from shopman.models import SavedView

MAX_NAME_LENGTH = 60
MAX_QUERY_LENGTH = 2000
#: Views of one list that are shown.
MOST_SHOWN = 30


class ViewNameTaken(Conflict):
    """You have a view of this name already."""

    code = "view_name_taken"


class InvalidViewName(Invalid):
    """A view's name has 1 to 60 characters."""

    code = "invalid_view_name"


class ViewTooLong(Invalid):
    """This list is narrowed by too much to be saved."""

    code = "view_too_long"


class ViewNotFound(NotFound):
    """There is no such view."""

    code = "view_not_found"


def save(*, user: Any, page: str, name: str, query: str, is_shared: bool = False) -> SavedView:
    """A new view of a list, for one's own or the whole team's use.

    ``query`` is the list's query string; whether its parameters are known is for the list to say.
    Raises InvalidViewName, ViewNameTaken, ViewTooLong.
    """
    if len(query) > MAX_QUERY_LENGTH:
        raise ViewTooLong
    view = SavedView(
        user=user, page=page, name=_name(name), query=query.lstrip("?"), is_shared=is_shared
    )
    return _store(view)


def change(*, view: SavedView, name: str, is_shared: bool) -> SavedView:
    """Rename a view, share it or keep it to oneself. Raises InvalidViewName, ViewNameTaken."""
    view.name, view.is_shared = _name(name), is_shared
    return _store(view)


def delete(*, view: SavedView) -> None:
    """Forget a view."""
    view.delete()


def of_page(*, user: Any, page: str) -> QuerySet[SavedView]:
    """The views of a list somebody sees: his own and the team's, by name."""
    seen = Q(user=user) | Q(is_shared=True)
    return SavedView.objects.filter(seen, page=page).order_by("name", "uuid")[:MOST_SHOWN]


def find(*, user: Any, page: str, uuid: UUID) -> SavedView:
    """One of the views somebody sees. Raises ViewNotFound."""
    seen = Q(user=user) | Q(is_shared=True)
    view: SavedView | None = SavedView.objects.filter(seen, page=page, uuid=uuid).first()
    if view is None:
        raise ViewNotFound
    return view


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not 1 <= len(name) <= MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidViewName(
            errors=[
                FieldError(
                    field="name",
                    code=InvalidViewName.code,
                    message=InvalidViewName.__doc__ or "",
                )
            ]
        )
    return name


def _store(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise ViewNameTaken from error
    return view
