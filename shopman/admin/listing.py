"""Lists that stay fast however long they are: keyset pages, no count, found while one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar
from urllib.parse import unquote_plus

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.views.main import ALL_VAR, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db.models import QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from shopman import jobs, keyset, lists
from shopman.admin.base import TenantAdmin
from shopman.admin.bulk import BulkActions, valid_keys
from shopman.admin.views import SavedViews
from shopman.keyset import Cursor, InvalidCursor
from shopman.models.estimates import estimated_count

CURSOR_VAR = "cursor"
#: Below this an estimate tells staff nothing.
SMALLEST_ESTIMATE = 1000

_CELLS = "_shopman_cells"
_UNSEARCHED = "_shopman_unsearched"
_SELECTING = "_shopman_selecting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """Rows that are like what was searched, best first.

    ``is_partial`` says that not all rows were looked at.
    """

    rows: Sequence[Any]
    is_partial: bool = False


class KeysetPaginator(InfinitePaginator):  # type: ignore[misc]  # the theme is untyped
    """Only tells the template which links to draw; the list reads its page itself."""

    template_name = "shopman/admin/list_pages.html"


class KeysetChangeList(ChangeList):  # type: ignore[misc]  # the theme is untyped
    """A list read by ``(value, key)`` from a cursor on, never by a page number.

    One column orders it, with the key as its tail. One query reads a page; nothing is counted.
    """

    #: Addresses of the neighbouring pages, empty where there is none.
    next_address = previous_address = ""
    similar: Similar | None = None

    def get_queryset(self, request: HttpRequest, *args: Any) -> QuerySet[Any]:
        # A place in the list is no filter, and no other link or form may carry it on.
        self.place = self.params.get(CURSOR_VAR, getattr(self, "place", ""))
        for name in (CURSOR_VAR, PAGE_VAR, ALL_VAR):
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        if CURSOR_VAR in request.GET:
            rest: Any = request.GET.copy()
            del rest[CURSOR_VAR]
            request.GET = rest
        try:
            rows: QuerySet[Any] = super().get_queryset(request, *args)
        except (ValidationError, ValueError) as error:
            raise IncorrectLookupParameters from error
        return rows

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        if ORDER_VAR in self.params:
            self.params[ORDER_VAR] = self.params[ORDER_VAR].partition(".")[0]
        asked = super().get_ordering(request, queryset)[0]
        if not isinstance(asked, str) or asked.lstrip("-") == "pk":
            asked = self._get_default_ordering()[0]
        self.ordering = asked
        self.path = asked.removeprefix("-")
        self.column = keyset.column_of(queryset, self.path)
        return keyset.order(self.path, self.column, descending=asked.startswith("-"))

    def get_results(self, request: HttpRequest) -> None:
        size = self.list_per_page
        cursor = self._cursor()
        backwards = cursor is not None and cursor.backwards
        rows = self.queryset
        if cursor is not None:
            descending = self.ordering.startswith("-") is not backwards
            try:
                rows = rows.filter(
                    keyset.after(cursor, self.path, self.column, descending=descending)
                )
            except InvalidCursor as error:
                raise IncorrectLookupParameters from error
            rows = rows.order_by(*keyset.order(self.path, self.column, descending=descending))
        found = list(rows[: size + 1])
        more = len(found) > size
        found = found[:size]
        if backwards:
            found.reverse()
        if not found and cursor is None and self.query.strip():
            self.similar = self.model_admin.similar(
                request, getattr(request, _UNSEARCHED, rows), self.query
            )
            found = list(self.similar.rows) if self.similar else []
        else:
            self._link(found, cursor, more=more)
        self._fill(found)
        self._tell(request, found)

    def _cursor(self) -> Cursor | None:
        if not self.place:
            return None
        try:
            cursor = Cursor.decode(self.place)
        except InvalidCursor as error:
            raise IncorrectLookupParameters from error
        # A link of another order starts anew.
        return cursor if cursor.ordering == self.ordering else None

    def _link(self, found: Sequence[Any], cursor: Cursor | None, *, more: bool) -> None:
        if not found:
            return
        backwards = cursor is not None and cursor.backwards
        if backwards or more:
            self.next_address = self._address(found[-1], backwards=False)
        if more if backwards else cursor is not None:
            self.previous_address = self._address(found[0], backwards=True)

    def _address(self, row: Any, *, backwards: bool) -> str:
        value = reduce(getattr, self.path.split(LOOKUP_SEP), row)
        place = Cursor(self.ordering, backwards, value, str(row.pk))
        address: str = self.get_query_string({CURSOR_VAR: place.encode()})
        return address

    def _fill(self, found: Sequence[Any]) -> None:
        """Read the columns that other apps added: once for all rows."""
        for column in lists.columns(self.model_admin.list_page) if found else ():
            cells = column.cells(found)
            for row in found:
                row.__dict__.setdefault(_CELLS, {})[column.key] = cells.get(row.pk)

    def _tell(self, request: HttpRequest, found: list[Any]) -> None:
        self.is_whole = not (self.next_address or self.previous_address)
        self.result_list = found
        # What the theme compares: equal means that nothing can be selected beyond the page.
        self.result_count = len(found) + (not self.is_whole)
        # Equal to the number above: the theme's heading does not count what is not counted.
        self.full_result_count = self.result_count
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = False
        self.multi_page = not self.is_whole
        self.paginator = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        self.summary = self._summary()
        self.query_now = self.get_query_string().lstrip("?")
        self.views = self.model_admin.shown_views(request, self.query_now)
        self.is_saved = any(view.is_current for view in self.views)
        self.may_share = self.model_admin.may_share(request)

    def _summary(self) -> str:
        """One sentence on what is shown, read out when it changes."""
        count = len(self.result_list)
        names = {"count": count, "name": model_ngettext(self.opts, count)}
        if self.similar is not None and count:
            return ngettext("%(count)s similar", "%(count)s similar", count) % names
        if self.is_whole:
            return _("%(count)s %(name)s") % names
        shown = ngettext("%(count)s shown", "%(count)s shown", count) % names
        estimate = None if self.query else estimated_count(self.queryset)
        if estimate is None or estimate < SMALLEST_ESTIMATE:
            return shown
        return _("%(shown)s of %(about)s") % {"shown": shown, "about": about(estimate)}


def about(count: int) -> str:
    """A number as people say it when they have not counted: ``about 1.2 million``."""
    if count >= 1_000_000:
        number = number_format(round(count / 1_000_000, 1), decimal_pos=1)
        return _("about %(number)s million") % {"number": number}
    step = 10 ** max(0, len(str(count)) - 2)
    number = number_format(round(count / step) * step, use_l10n=True, force_grouping=True)
    return _("about %(number)s") % {"number": number}


class Selection(KeysetChangeList):
    """The rows a list finds, without reading a page of them."""

    def get_results(self, request: HttpRequest) -> None:
        self.result_list = []
        known = {SEARCH_VAR, ORDER_VAR}
        for spec in self.filter_specs:
            known.update(spec.expected_parameters())
        if not self.params.keys() <= known:
            raise lists.UnknownListParameter


class AddedColumn:
    """A column of another app, as Django's ``list_display`` takes it."""

    def __init__(self, column: lists.Column) -> None:
        self.column = column
        self.short_description = column.title
        self.__name__ = column.key

    def __call__(self, row: Any) -> Any:
        cells: Mapping[str, Any] = getattr(row, _CELLS, {})
        found = cells.get(self.column.key)
        return "–" if found is None else found


class ListAdmin(SavedViews, BulkActions, TenantAdmin):
    """Rows in a list that other apps add to and that is searched while one types.

    Its views can be saved (``shopman.saved_views``) and its rows worked on together
    (``shopman.jobs``).

    Every column that orders it (``admin_order_field``) has an index on (tenant, column, key) and
    holds a value in every row or is ordered as ``shopman.keyset`` says.
    """

    #: Name under which others add columns and filters (``shopman.lists``).
    list_page: ClassVar[str] = ""
    #: Columns that stand behind those of other apps.
    list_display_end: ClassVar[tuple[str, ...]] = ()
    paginator = KeysetPaginator
    change_list_template = "shopman/admin/change_list.html"
    #: What the search box says when it finds nothing that matches exactly.
    similar_note = gettext_lazy("Nothing matches exactly. These are similar:")

    class Media:
        css: ClassVar = {"all": ["shopman/list.css"]}
        js = ("shopman/list.js",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        jobs.register_rows(self.list_page, self.rows_found)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return Selection if hasattr(request, _SELECTING) else KeysetChangeList

    def rows_found(self, request: HttpRequest, keys: Sequence[str] | None) -> QuerySet[Any]:
        """The rows of ticked keys, or all that the request's query string finds.

        Raises UnknownListParameter and Django's own errors for a query string it does not know.
        """
        if keys is not None:
            return self.get_queryset(request).filter(pk__in=valid_keys(keys))
        return self.rows_matching(request, request.GET.urlencode())

    def rows_matching(self, request: HttpRequest, query: str) -> QuerySet[Any]:
        rows: QuerySet[Any] = self._selection(request, query).queryset
        return rows

    def check_query(self, request: HttpRequest, query: str) -> None:
        try:
            self._selection(request, query)
        except (IncorrectLookupParameters, SuspiciousOperation) as error:
            raise lists.UnknownListParameter from error

    def _selection(self, request: HttpRequest, query: str) -> Selection:
        if "\x00" in unquote_plus(query):
            raise lists.UnknownListParameter
        asking = HttpRequest()
        asking.method = "GET"
        asking.GET = QueryDict(query)
        asking.user = request.user
        setattr(asking, _SELECTING, True)
        found: Selection = self.get_changelist_instance(asking)
        return found

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        own = super().get_list_display(request)
        added = [AddedColumn(column) for column in lists.columns(self.list_page)]
        return [*own, *added, *self.list_display_end]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [*super().get_list_filter(request), *lists.filters(self.list_page)]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        setattr(request, _UNSEARCHED, queryset)
        return self.search(queryset, search_term), False

    def search(self, rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        """The rows that match what was typed; all of them for nothing."""
        found: QuerySet[Any] = super().get_search_results(None, rows, text)[0]
        return found

    def similar(self, request: HttpRequest, rows: QuerySet[Any], text: str) -> Similar | None:
        """What is like the text where nothing matches it; None: nothing is looked for."""
        return None
