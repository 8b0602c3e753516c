"""Named failures of identifiers."""

from __future__ import annotations

from shopman.errors import Conflict, Invalid, NotFound


class NothingToResolve(Invalid):
    """Nothing that was given tells one person from another."""

    code = "nothing_to_resolve"


class InvalidIdentifier(Invalid):
    """This is no identifier we can use."""

    code = "invalid_identifier"


class IdentifierTaken(Conflict):
    """Another customer has this identifier."""

    code = "identifier_taken"


class OtherDocument(Conflict):
    """The customer has another document, which is not overwritten."""

    code = "other_document"


class IdentifierNotFound(NotFound):
    """There is no such identifier."""

    code = "identifier_not_found"


class ReviewItemNotFound(NotFound):
    """There is no such review item."""

    code = "review_item_not_found"


class ReviewItemClosed(Conflict):
    """This review item was settled already."""

    code = "review_item_closed"


class ValueBlocked(Conflict):
    """This value is blocked already."""

    code = "value_blocked"


class BlockedValueNotFound(NotFound):
    """There is no such blocked value."""

    code = "blocked_value_not_found"
