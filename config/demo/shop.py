"""What the sample shop sells, to whom, and on which lists. Amounts in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleProduct:
    """A product and its two prices."""

    sku: str
    name: str
    amount: int
    #: Price for members of the club, and for ten and more.
    club_amount: int
    unit: str = "each"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCustomer:
    """A made-up person."""

    code: str
    first_name: str
    last_name: str
    phone: str
    email: str
    group_code: str | None = None


PRODUCTS: Final = (
    SampleProduct(
        sku="COFFEE-250", name="Coffee, whole bean, 250 g", amount=3490, club_amount=2990
    ),
    SampleProduct(
        sku="COFFEE-1000", name="Coffee, whole bean, 1 kg", amount=11900, club_amount=9900
    ),
    SampleProduct(sku="BREAD-SOUR", name="Sourdough loaf", amount=2400, club_amount=2100),
    SampleProduct(sku="BREAD-RYE", name="Rye loaf", amount=2600, club_amount=2300),
    SampleProduct(sku="CROISSANT", name="Butter croissant", amount=950, club_amount=800),
    SampleProduct(sku="CAKE-CARROT", name="Carrot cake", amount=7800, club_amount=6900),
    SampleProduct(
        sku="CHEESE-MINAS", name="Minas cheese", amount=6200, club_amount=5500, unit="kg"
    ),
    SampleProduct(sku="BUTTER-200", name="Salted butter, 200 g", amount=1890, club_amount=1690),
    SampleProduct(sku="JAM-FIG", name="Fig jam", amount=2890, club_amount=2490),
    SampleProduct(sku="HONEY-300", name="Wild honey, 300 g", amount=3990, club_amount=3490),
    SampleProduct(sku="MUG-BLUE", name="Blue mug", amount=4500, club_amount=3900),
    SampleProduct(sku="FILTER-100", name="Paper filters, 100", amount=1500, club_amount=1290),
)

_FIRST: Final = (
    "Ana", "João", "Márcia", "Luís", "Conceição", "Pedro", "Inês", "Tomás", "Beatriz", "Caio",
    "Helena", "Rafael", "Sônia", "Davi", "Lívia", "Otávio", "Júlia", "Mateus", "Rosa", "André",
)  # fmt: skip
_LAST: Final = ("Souza", "Gonçalves", "Araújo", "Lima", "Peixoto", "Brandão", "Assis", "Moura")


def customers() -> list[SampleCustomer]:
    """Sixty made-up people; the phone numbers are valid in form and the mailboxes are nobody's."""
    return [
        SampleCustomer(
            code=f"DEMO-{number:03d}",
            first_name=_FIRST[number % len(_FIRST)],
            last_name=_LAST[(number * 7 + number // 20) % len(_LAST)],
            phone=f"+55 11 9{6000 + number * 37:04d}-{(number * 7919) % 10000:04d}",
            email=f"customer{number:03d}@example.com",
            group_code="club" if number % 4 == 0 else None,
        )
        for number in range(1, 61)
    ]


def foreign(currency: str) -> str:
    """A currency that is not the shop's own."""
    return "USD" if currency == "EUR" else "EUR"
