"""A file from before an erasure does not bring the person back."""

from __future__ import annotations

from pathlib import Path

import pytest

from guestman.contrib.imports.models import ImportRow
from guestman.contrib.imports.services import runs
from guestman.contrib.privacy.service import erase
from guestman.models import Customer
from tests.guestman.imports.files import source
from tests.privacy import dumps, someone

pytestmark = pytest.mark.django_db


def test_rows_of_an_erased_person_are_rejected_and_not_kept(
    marina: Customer, tmp_path: Path
) -> None:
    erase(customer=marina, reason="request 17")
    before = dumps.traces(someone.VALUES)
    file = tmp_path / "customers.csv"
    file.write_text(
        "Código,Nome,Celular,E-mail,Documento\n"
        f"1,Marina Quaresma,11 98765-0456,{someone.EMAIL},\n"
        "2,Otto Lima,11 98765-2222,otto@exemplo.com.br,\n"
        # By her document alone.
        f"3,Marina Quaresma,11 98765-3333,,{someone.DOCUMENT}\n"
    )
    done = runs.run(source(file))
    file.unlink()
    rows = dict(ImportRow.objects.filter(run=done.run).values_list("line", "reason"))
    assert (rows[2], rows[4]) == ("erased_person", "erased_person")
    assert Customer.objects.filter(first_name="Otto").exists()
    assert not Customer.objects.filter(first_name="Marina").exists()
    assert dumps.traces(someone.VALUES) == before
