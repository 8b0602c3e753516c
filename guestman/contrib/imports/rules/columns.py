"""The fields of a customer in a file, and which column of it is probably which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from shopman.text import fold

#: Field to the names its column has in exports of Portuguese, English and Spanish speakers, folded.
NAMES: Final[Mapping[str, Sequence[str]]] = {
    "external_id": (
        "id", "uid", "external id", "customer id", "client id", "contact id", "user id",
        "subscriber id", "codigo", "cod", "codigo do cliente", "codigo cliente", "cod cliente",
        "id do cliente", "id cliente", "id del cliente", "codigo de cliente", "matricula",
        "reference", "referencia",
    ),
    "name": (
        "name", "full name", "customer", "customer name", "client", "client name", "contact",
        "contact name", "nome", "nome completo", "cliente", "nome do cliente", "nome cliente",
        "contato", "razao social", "nome fantasia", "nombre completo", "nombre y apellido",
        "nombre y apellidos", "nombre del cliente", "contacto", "razon social",
    ),
    "first_name": (
        "first name", "firstname", "given name", "primeiro nome", "prenome", "nombre", "nombres",
        "primer nombre",
    ),
    "last_name": (
        "last name", "lastname", "surname", "family name", "sobrenome", "ultimo nome",
        "apellido", "apellidos",
    ),
    "phone": (
        "phone", "phone number", "mobile", "mobile phone", "cell", "cell phone", "cellphone",
        "telephone", "tel", "whatsapp", "telefone", "celular", "numero", "fone",
        "numero de telefone", "numero do telefone", "telefone celular", "tel celular", "whats",
        "zap", "telefono", "movil", "telefono movil", "numero de telefono", "phone 1",
        "telefone 1", "telefono 1", "phone 1 value",
    ),
    "phone_2": (
        "phone 2", "second phone", "other phone", "home phone", "work phone", "telefone 2",
        "telefone fixo", "fixo", "telefone residencial", "telefone comercial", "outro telefone",
        "telefono 2", "telefono fijo", "otro telefono", "phone 2 value",
    ),
    "email": (
        "email", "e mail", "mail", "email address", "e mail address", "endereco de email",
        "endereco de e mail", "correo", "correo electronico", "direccion de correo", "e mail 1",
        "email 1", "e mail 1 value",
    ),
    "email_2": (
        "email 2", "e mail 2", "second email", "other email", "outro email", "outro e mail",
        "otro correo", "correo 2", "e mail 2 value",
    ),
    "document": (
        "document", "tax id", "vat", "vat number", "cpf", "cnpj", "cpf cnpj", "cnpj cpf",
        "documento", "numero do documento", "nif", "dni", "cif", "cuit", "rfc", "rut", "nit",
        "documento fiscal",
    ),
    "birth_date": (
        "birth date", "birthdate", "birthday", "date of birth", "dob", "nascimento",
        "data de nascimento", "data nascimento", "dt nascimento", "aniversario", "nacimiento",
        "fecha de nacimiento", "fecha nacimiento", "cumpleanos",
    ),
    "group": (
        "group", "customer group", "grupo", "grupo de clientes", "grupo de cliente", "categoria",
    ),
    "customer_type": (
        "type", "customer type", "tipo", "tipo de pessoa", "tipo de cliente", "tipo de persona",
    ),
    "notes": (
        "notes", "note", "comments", "comment", "remarks", "observacao", "observacoes", "obs",
        "anotacoes", "notas", "nota", "observaciones", "comentarios",
    ),
    "source": (
        "source", "origin", "lead source", "origem", "canal", "origen", "fuente",
    ),
    "locale": (
        "language", "locale", "idioma", "lingua",
    ),
    "street": (
        "street", "address", "address 1", "street address", "address line 1", "rua",
        "logradouro", "endereco", "calle", "direccion", "domicilio",
    ),
    "number": (
        "street number", "house number", "number", "no", "nr", "num", "numero do endereco",
        "numero da casa", "altura",
    ),
    "complement": (
        "complement", "address 2", "address line 2", "apartment", "complemento", "apto", "piso",
        "departamento",
    ),
    "district": (
        "district", "neighborhood", "neighbourhood", "bairro", "barrio", "colonia",
    ),
    "city": (
        "city", "town", "cidade", "municipio", "ciudad", "localidad",
    ),
    "region": (
        "state", "region", "province", "estado", "uf", "provincia",
    ),
    "postal_code": (
        "postal code", "postcode", "zip", "zip code", "zipcode", "cep", "codigo postal", "cp",
    ),
    "country": (
        "country", "country code", "pais",
    ),
}  # fmt: skip
FIELDS: Final = tuple(NAMES)
#: Fields that may identify somebody; a file without a column of one is refused.
IDENTIFYING: Final = ("external_id", "phone", "phone_2", "email", "email_2", "document")
ADDRESS: Final = (
    "street", "number", "complement", "district", "city", "region", "postal_code", "country",
)  # fmt: skip

_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
#: What Brazilian exports call a number of a street where a street stands beside it.
_STREET_NUMBER: Final = ("numero", "num", "no", "nr")


def plain(header: str) -> str:
    """A header without case, accents and punctuation: ``"Data de Nasc."`` gives data de nasc."""
    return " ".join(filter(None, _NOT_WORD.split(fold(header))))


def guess(header: Sequence[str]) -> dict[str, str]:
    """Field to the header that is probably its column; each header once, the first one that fits.

    ``nome`` beside ``sobrenome`` is a first name; ``numero`` beside a street is the street's.
    """
    plains = [plain(name) for name in header]
    found: dict[str, str] = {}
    for field in FIELDS:
        taken = set(found.values())
        at = _first(NAMES[field], plains, header, taken)
        if at is not None:
            found[field] = header[at]
    return _corrected(found, plains, header)


def _first(
    names: Iterable[str], plains: Sequence[str], header: Sequence[str], taken: set[str]
) -> int | None:
    for name in names:
        for at, each in enumerate(plains):
            if each == name and header[at] not in taken:
                return at
    return None


def _corrected(
    found: dict[str, str], plains: Sequence[str], header: Sequence[str]
) -> dict[str, str]:
    if "last_name" in found and "first_name" not in found and "name" in found:
        found["first_name"] = found.pop("name")
    elif "first_name" in found and "last_name" not in found and "name" not in found:
        found["name"] = found.pop("first_name")
    if "street" in found and "number" not in found:
        if plain(found.get("phone", "")) in _STREET_NUMBER:
            found["number"] = found.pop("phone")
        else:
            at = _first(_STREET_NUMBER, plains, header, set(found.values()))
            if at is not None:
                found["number"] = header[at]
    return found
