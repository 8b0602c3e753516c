"""Who works for the shop in use."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shopman import audit
from shopman.errors import Conflict, FieldError, Invalid
from shopman.models import Membership


class UserNameTaken(Conflict):
    """Somebody has this user name. Without a password they join with the account they have."""

    code = "user_name_taken"


class AlreadyOnTheTeam(Conflict):
    """They work for this shop already."""

    code = "already_on_the_team"


class LastOwner(Conflict):
    """The shop would be without an owner. Make somebody else one first."""

    code = "last_owner"


class InvalidMember(Invalid):
    """Nobody can join the team like this."""

    code = "invalid_member"


def join(*, username: str, role: str, password: str = "") -> Membership:
    """A member of staff for the tenant in use.

    With a password an account is made, which must be new; without one somebody joins who has an
    account for another shop. Raises UserNameTaken, AlreadyOnTheTeam, InvalidMember.
    """
    try:
        with transaction.atomic():
            user = _made(username, password) if password else _known(username)
            membership = Membership(user=user, role=role)
            membership.save(force_insert=True)
            _remember(membership, "team.join", before={}, after={"user": username, "role": role})
    except IntegrityError as error:
        raise AlreadyOnTheTeam from error
    return membership


@transaction.atomic
def change_role(*, membership: Membership, role: str) -> Membership:
    """Another role from now on. Raises LastOwner."""
    row = _locked(membership)
    if row.role == role:
        return row
    if role != Membership.Role.OWNER:
        _refuse_without_owner(row)
    before, row.role = row.role, role
    row.save(update_fields=["role"])
    _remember(row, "team.change_role", before={"role": before}, after={"role": role})
    return row


@transaction.atomic
def leave(*, membership: Membership) -> None:
    """No longer staff of this shop; the account stays. Raises LastOwner."""
    row = _locked(membership)
    _refuse_without_owner(row)
    _remember(row, "team.leave", before={"user": str(row.user), "role": row.role}, after={})
    row.delete()


def _made(username: str, password: str) -> Any:
    model: Any = get_user_model()
    if model._default_manager.filter(username=username).exists():
        raise UserNameTaken
    user = model(username=username, is_staff=True)
    try:
        user.clean_fields(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidMember(errors=_errors(error)) from error
    user.set_password(password)
    user.save(force_insert=True)
    return user


def _known(username: str) -> Any:
    found = get_user_model()._default_manager.filter(username=username, is_active=True).first()
    if found is None:
        message = _("Nobody has this user name. Give a first password to make the account.")
        raise InvalidMember(
            errors=[FieldError(field="password", code="password_required", message=message)]
        )
    return found


def _locked(membership: Membership) -> Membership:
    # All owners are locked, in one order: two who step down at once cannot both be the other's
    # reason to go.
    rows = Membership.objects.order_by("uuid").select_for_update()
    owners = {row.pk: row for row in rows.filter(role=Membership.Role.OWNER)}
    found: Membership = owners.get(membership.pk) or rows.get(pk=membership.pk)
    return found


def _refuse_without_owner(row: Membership) -> None:
    owners = Membership.objects.filter(role=Membership.Role.OWNER, user__is_active=True)
    if row.role == Membership.Role.OWNER and not owners.exclude(pk=row.pk).exists():
        raise LastOwner


def _remember(row: Membership, action: str, *, before: Any, after: Any) -> None:
    audit.record(subject=f"membership:{row.pk}", action=action, before=before, after=after)


def _errors(error: ValidationError) -> list[FieldError]:
    found = error.error_dict if hasattr(error, "error_dict") else {"password": error.error_list}
    return [
        FieldError(field=field, code=each.code or "invalid", message=message)
        for field, rows in found.items()
        for each in rows
        for message in each.messages
    ]
