"""Prices of lines, and why they are what they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import FilteredRelation, Q

from offerman.conf import conf
from offerman.errors import (
    InvalidLine,
    InvalidQuantity,
    MixedCurrency,
    NoLines,
    RetiredSku,
    UnknownPriceList,
    UnknownSku,
)
from offerman.models import PriceList, Product
from offerman.protocols.customer import CustomerPriceList
from offerman.rules import amounts, choice
from offerman.rules.choice import Offer, Tier
from offerman.rules.validity import Period
from shopman import clock, tenancy
from shopman.errors import Failure, FieldError
from shopman.ports import Port

customer_price_list: Port[CustomerPriceList] = Port(
    CustomerPriceList,
    setting='OFFERMAN["CUSTOMER_PRICE_LIST"]',
    path=lambda: conf.CUSTOMER_PRICE_LIST,
)

_ITEM_FIELDS = (
    "item__price_list_id",
    "item__minimum_quantity",
    "item__amount",
    "item__valid_from",
    "item__valid_until",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedLine:
    """One priced line; amounts in minor units of ``currency``.

    ``rule`` is ``customer_price_list``, ``channel_price_list`` or ``base_price``; ``explain`` is
    the JSON described at ``offerman.rules.choice.choose``.
    """

    sku: str
    name: str
    quantity: Decimal
    unit_price_amount: int
    total_amount: int
    currency: str
    price_list_code: str | None
    rule: str
    explain: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Priced lines in the order asked. ``total_amount`` is the exact sum of the line totals."""

    currency: str
    total_amount: int
    lines: Sequence[QuotedLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offered:
    """A product with what each price list says about it, by the list's code."""

    sku: str
    name: str
    base_price_amount: int
    currency: str
    is_active: bool
    tiers: dict[str, list[Tier]]


def lines(
    lines: Sequence[Mapping[str, Any]],
    *,
    customer_code: str | None = None,
    channel: str | None = None,
    at: dt.datetime | None = None,
) -> Quote:
    """Price lines ``{"sku", "quantity"}`` for a customer, in a channel, at a time (default: now).

    Precedence and explanation: ``offerman.rules.choice``. Each line is priced by its own quantity;
    its total is unit price times quantity, rounded half-even once. At most three queries, the one
    that asks for the customer's price list among them.

    Raises NoLines, InvalidLine, InvalidQuantity, UnknownSku, RetiredSku, UnknownPriceList,
    MixedCurrency (a line in another currency than the shop's), AmountTooLarge.
    """
    if not lines:
        raise NoLines
    priced = prices(lines, customer_code=customer_code, channel=channel, at=at)
    currency = tenancy.current().default_currency
    require_currency(priced, currency)
    return Quote(
        currency=currency,
        total_amount=amounts.total([line.total_amount for line in priced]),
        lines=priced,
    )


def prices(
    lines: Sequence[Mapping[str, Any]],
    *,
    customer_code: str | None = None,
    channel: str | None = None,
    at: dt.datetime | None = None,
) -> list[QuotedLine]:
    """Like ``lines`` without the sum: no lines are no prices, and currencies may differ."""
    asked = _normalised(lines)
    at = at or clock.now()
    rules, codes = _rules(customer_code, channel, at)
    products = _offered([sku for sku, _ in asked], codes)
    _refuse_unsellable(asked, products)
    return [_priced(products[sku], quantity, rules, at) for sku, quantity in asked]


def require_currency(priced: Sequence[QuotedLine], currency: str) -> None:
    """Raise MixedCurrency, naming the SKUs, when lines are priced in another currency."""
    foreign = [(at, line) for at, line in enumerate(priced) if line.currency != currency]
    if foreign:
        said = [
            f"{line.sku} is priced in {line.currency}, not in {currency}." for _, line in foreign
        ]
        raise MixedCurrency(
            " ".join(dict.fromkeys(said)),
            errors=[
                FieldError(field=f"lines.{at}.sku", code=MixedCurrency.code, message=message)
                for (at, _), message in zip(foreign, said, strict=True)
            ],
        )


def _normalised(lines: Sequence[Mapping[str, Any]]) -> list[tuple[str, Decimal]]:
    asked: list[tuple[str, Decimal]] = []
    for index, line in enumerate(lines):
        sku = line.get("sku")
        if set(line) != {"sku", "quantity"} or not isinstance(sku, str) or "\x00" in sku:
            raise InvalidLine(errors=[_blame(InvalidLine, f"lines.{index}")])
        try:
            asked.append((sku, amounts.quantity(line["quantity"])))
        except InvalidQuantity as error:
            where = _blame(InvalidQuantity, f"lines.{index}.quantity")
            raise InvalidQuantity(errors=[where]) from error
    return asked


def _rules(
    customer_code: str | None, channel: str | None, at: dt.datetime
) -> tuple[list[Offer], dict[UUID, str]]:
    """The rules above the base price in precedence order, with their obstacles but without tiers.

    And the code of each list whose tiers are wanted, by its key.
    """
    entitled = customer_price_list.get()(customer_code) if customer_code else None
    wanted = Q(code=entitled) if entitled else Q()
    wanted |= Q(channel=channel) if channel else Q()
    found = list(PriceList.objects.filter(wanted)) if wanted else []
    own = next((each for each in found if each.code == entitled), None)
    if entitled and own is None:
        raise UnknownPriceList(f"There is no price list {entitled!r}.")
    of_channel = next((each for each in found if channel and each.channel == channel), None)
    hidden = of_channel is not None and not of_channel.is_public and not customer_code
    rules = [
        _rule(choice.CUSTOMER_LIST, own, at, without="" if customer_code else "no_customer"),
        _rule(
            choice.CHANNEL_LIST,
            None if hidden else of_channel,
            at,
            without="list_not_public" if hidden else "" if channel else "no_channel",
        ),
    ]
    speaking = {rule.price_list_code for rule in rules if not rule.obstacle}
    return rules, {each.pk: each.code for each in found if each.code in speaking}


def _rule(rule: str, price_list: PriceList | None, at: dt.datetime, *, without: str) -> Offer:
    if price_list is None:
        return Offer(rule=rule, obstacle=without or "no_price_list")
    period = Period(valid_from=price_list.valid_from, valid_until=price_list.valid_until)
    standing = period.standing(at)
    return Offer(
        rule=rule,
        price_list_code=price_list.code,
        currency=price_list.currency,
        obstacle="" if standing == "in_force" else f"list_{standing}",
    )


def _offered(skus: Sequence[str], codes: Mapping[UUID, str]) -> dict[str, _Offered]:
    """The products of the SKUs with their tiers in the lists, in one query."""
    # An empty IN would empty the whole query instead of the join; no list has the nil key.
    lists = list(codes) or [UUID(int=0)]
    wanted = FilteredRelation("items", condition=Q(items__price_list__in=lists))
    rows = (
        Product.objects.filter(sku__in=set(skus))
        .annotate(item=wanted)
        .values_list("sku", "name", "base_price_amount", "currency", "is_active", *_ITEM_FIELDS)
    )
    products: dict[str, _Offered] = {}
    for sku, name, base, currency, is_active, *item in rows:
        product = products.get(sku)
        if product is None:
            product = products[sku] = _Offered(
                sku=sku,
                name=name,
                base_price_amount=base,
                currency=currency,
                is_active=is_active,
                tiers={},
            )
        price_list, minimum, amount, first, end = item
        if price_list is not None:
            tier = Tier(
                minimum_quantity=minimum,
                unit_price_amount=amount,
                period=Period(valid_from=first, valid_until=end),
            )
            product.tiers.setdefault(codes[price_list], []).append(tier)
    return products


def _refuse_unsellable(
    asked: Sequence[tuple[str, Decimal]], products: Mapping[str, _Offered]
) -> None:
    unknown = [index for index, (sku, _) in enumerate(asked) if sku not in products]
    if unknown:
        raise UnknownSku(errors=[_blame(UnknownSku, f"lines.{index}.sku") for index in unknown])
    retired = [index for index, (sku, _) in enumerate(asked) if not products[sku].is_active]
    if retired:
        raise RetiredSku(errors=[_blame(RetiredSku, f"lines.{index}.sku") for index in retired])


def _priced(
    product: _Offered, quantity: Decimal, rules: Sequence[Offer], at: dt.datetime
) -> QuotedLine:
    chosen = choice.choose(
        [_with_tiers(rule, product) for rule in rules],
        base_price_amount=product.base_price_amount,
        currency=product.currency,
        quantity=quantity,
        at=at,
    )
    return QuotedLine(
        sku=product.sku,
        name=product.name,
        quantity=quantity,
        unit_price_amount=chosen.unit_price_amount,
        total_amount=amounts.line_total(chosen.unit_price_amount, quantity),
        currency=chosen.currency,
        price_list_code=chosen.price_list_code,
        rule=chosen.rule,
        explain=chosen.explain,
    )


def _with_tiers(rule: Offer, product: _Offered) -> Offer:
    if rule.obstacle:
        return rule
    return Offer(
        rule=rule.rule,
        price_list_code=rule.price_list_code,
        currency=rule.currency,
        tiers=product.tiers.get(rule.price_list_code or "", ()),
    )


def _blame(failure: type[Failure], field: str) -> FieldError:
    return FieldError(field=field, code=failure.code, message=failure().detail)
