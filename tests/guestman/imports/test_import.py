"""``manage.py guestman_import``, from small files, and the database after it."""

from __future__ import annotations

import csv
import random
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from guestman.contrib.identifiers.models import CustomerIdentifier, RecordLink, ReviewItem
from guestman.contrib.identifiers.resolver import IdentityResolver
from guestman.contrib.imports.errors import ImportTakenOver
from guestman.contrib.imports.models import ImportRow, ImportRun
from guestman.contrib.imports.services import runs, writing
from guestman.contrib.imports.services.runs import Summary
from guestman.contrib.imports.services.sources import Source
from guestman.models import ContactPoint, Customer, CustomerAddress
from guestman.services import customer
from shopman import tenancy
from shopman.models import AuditEntry, OutboxEvent, Tenant
from tests.guestman.factories import ContactPointFactory, CustomerFactory
from tests.guestman.imports.files import Write, digest, people, source

pytestmark = pytest.mark.django_db

HEADER = "Código,Nome,Celular,E-mail,CPF,Nascimento,Rua,Número,Cidade,Observações"
FILE = (
    HEADER,
    '1,Ana Souza,11 98765-4321,ana@loja.com.br,529.982.247-25,01/05/1990,Rua A,10,Rio,"diz, sim"',
    "2,Bruno Lima,11 91357-2468,,,,,,,",
    "3,Ana,11 98765-4321,ana.souza@loja.com.br,,,,,,",
    "4,Carla Dias,123,carla@loja.com.br,,31/02/1990,,,,",
    "5,Davi Reis,000000000,n/a,,,,,,",
    "6,Eva,,none@none.com,,,,,,",
)


def run(path: Path, **options: Any) -> Summary:
    return runs.run(source(path, **options))


def outcomes(summary: Summary) -> dict[int, str]:
    return dict(ImportRow.objects.filter(run=summary.run).values_list("line", "outcome"))


def command(*args: Any, **options: Any) -> str:
    out = StringIO()
    call_command("guestman_import", *args, stdout=out, **options)
    return out.getvalue()


def test_a_file_becomes_customers(write: Write) -> None:
    done = run(write(*FILE), trusted=True)

    assert outcomes(done) == {
        2: "created", 3: "created", 4: "duplicate", 5: "rejected", 6: "created", 7: "created",
    }  # fmt: skip
    ana = Customer.objects.get(first_name="Ana")
    assert (ana.last_name, ana.document, str(ana.birth_date)) == (
        "Souza", "52998224725", "1990-05-01",
    )  # fmt: skip
    assert (ana.phone, ana.email, ana.notes) == ("+5511987654321", "ana@loja.com.br", "diz, sim")
    assert ana.source == "import:old"
    assert ana.group is not None
    assert {
        (each.match_key, each.evidence, each.is_primary) for each in ana.contact_points.all()
    } == {
        ("+5511987654321", "A", True),
        ("ana@loja.com.br", "A", True),
        ("ana.souza@loja.com.br", "A", False),
    }
    assert CustomerAddress.objects.get(customer=ana).city == "Rio"
    rejected = ImportRow.objects.get(line=5)
    assert rejected.errors == [["phone", "invalid_phone"], ["birth_date", "invalid_birth_date"]]
    assert rejected.content[1] == "Carla Dias"


def test_the_summary_is_what_changed_in_the_database(write: Write) -> None:
    CustomerFactory()
    before = {model: model.objects.count() for model in (Customer, ContactPoint, CustomerAddress)}
    counts = run(write(*FILE)).counts

    assert counts.row_count == 6
    assert counts.customers_created == counts.created == Customer.objects.count() - before[Customer]
    assert counts.contacts_created == ContactPoint.objects.count() - before[ContactPoint]
    assert counts.addresses_created == CustomerAddress.objects.count() - before[CustomerAddress]
    assert counts.links_created == RecordLink.objects.count()
    assert counts.created == AuditEntry.objects.filter(action="customer.create").count()
    assert counts.created == OutboxEvent.objects.filter(name="guestman.customer_created").count()


def test_a_second_import_changes_nothing(write: Write) -> None:
    path = write(*FILE)
    run(path, trusted=True)
    before = digest()
    again = run(path, trusted=True)
    assert digest() == before
    assert set(outcomes(again).values()) == {"same", "rejected"}
    assert again.counts.customers_created == again.counts.links_created == 0


def test_an_untrusted_file_claims_little(write: Write) -> None:
    run(write(*FILE))
    ana = Customer.objects.get(first_name="Ana")
    assert set(ana.contact_points.values_list("evidence", flat=True)) == {"U"}
    assert ana.document == ""
    typed = CustomerIdentifier.objects.get(customer=ana, family="document")
    assert (typed.match_key, typed.strength) == ("BR:52998224725", "weak")
    assert set(RecordLink.objects.values_list("evidence", flat=True)) == {"U"}


def test_existing_customers_are_found_and_left_alone(write: Write) -> None:
    known = customer.create(first_name="Ana", last_name="Souza", email="ana@loja.com.br")
    before = Customer.objects.values().get(pk=known.pk)
    done = run(write("name,email,phone", "Ana Souza,ana@loja.com.br,11 98765-4321"))

    assert outcomes(done) == {2: "matched"}
    assert Customer.objects.values().get() == before
    assert not ContactPoint.objects.filter(family="phone").exists()
    assert RecordLink.objects.get().customer_id == known.pk
    claim = CustomerIdentifier.objects.get(family="phone")
    assert claim.is_pending
    assert ReviewItem.objects.open().get().kind == "pending"


def test_a_trusted_file_fills_what_is_missing_and_overwrites_nothing(write: Write) -> None:
    known = customer.create(first_name="Ana", email="ana@loja.com.br", notes="mine")
    done = run(
        write(
            "name,email,birthday,notes,street,city",
            "Ana Souza,ana@loja.com.br,1990-05-01,theirs,Rua A,Santos",
        ),
        trusted=True,
    )
    assert outcomes(done) == {2: "enriched"}
    found = Customer.objects.get(pk=known.pk)
    assert (found.name, found.notes, str(found.birth_date)) == ("Ana", "mine", "1990-05-01")
    assert CustomerAddress.objects.get().city == "Santos"
    assert done.counts.addresses_created == 1


def test_consent_and_verification_are_never_raised(write: Write) -> None:
    ContactPointFactory(kind="email", value="ana@loja.com.br", evidence="U")
    run(write("name,email", "Ana,ana@loja.com.br"), trusted=True)
    assert set(ContactPoint.objects.values_list("evidence", flat=True)) == {"U", "A"} or set(
        ContactPoint.objects.values_list("evidence", flat=True)
    ) == {"U"}
    assert not ContactPoint.objects.filter(evidence="V").exists()


def test_two_owners_are_a_conflict_and_nothing_moves(write: Write) -> None:
    customer.create(first_name="Ana", email="ana@loja.com.br")
    customer.create(first_name="Ana", phone="11 98765-4321")
    before = digest_without_reviews()
    done = run(write("name,email,phone", "Ana,ana@loja.com.br,11 98765-4321"), trusted=True)
    assert outcomes(done) == {2: "conflict"}
    assert digest_without_reviews() == before
    item = ReviewItem.objects.open().get()
    assert (item.kind, item.parties.count()) == ("conflict", 2)
    assert ImportRow.objects.get().content == ["Ana", "ana@loja.com.br", "11 98765-4321"]


def digest_without_reviews() -> list[Any]:
    return [list(model.objects.order_by("uuid").values()) for model in (Customer, ContactPoint)] + [
        RecordLink.objects.count(),
        CustomerIdentifier.objects.count(),
    ]


@pytest.mark.parametrize("trusted", [True, False])
def test_another_document_is_a_conflict(write: Write, trusted: bool) -> None:
    customer.create(first_name="Ana", email="ana@loja.com.br", document="529.982.247-25")
    done = run(write("name,email,cpf", "Ana,ana@loja.com.br,111.444.777-35"), trusted=trusted)
    assert outcomes(done) == {2: "conflict"}
    assert ImportRow.objects.get().reason == "documents_differ"


def test_one_document_of_two_people_in_the_file_is_a_conflict(write: Write) -> None:
    done = run(
        write(
            "name,phone,cpf",
            "Ana Souza,11 98765-4321,529.982.247-25",
            "Bruno Lima,11 91357-2468,529.982.247-25",
        ),
        trusted=True,
    )
    assert outcomes(done) == {2: "conflict", 3: "conflict"}
    assert not Customer.objects.exists()


def test_a_family_with_one_phone_is_several_customers(write: Write) -> None:
    run(write("name,phone", "Ana Souza,11 98765-4321", "Bruno Lima,11 98765-4321"))
    assert [name for name, _phone, _email in people()] == ["Ana Souza", "Bruno Lima"]


def test_a_number_everybody_gave_tells_nobody_apart(write: Write) -> None:
    names = ["Ana Souza", "Bruno Lima", "Carla Dias", "Davi Reis", "Eva Melo"]
    lines = [f"{n},{name},11 3061-2200" for n, name in enumerate(names)]
    run(write("id,name,phone", *lines))
    assert Customer.objects.count() == 5
    assert set(ContactPoint.objects.values_list("is_shared", flat=True)) == {True}


def test_junk_links_nothing(write: Write) -> None:
    lines = [f"{n},Pessoa {n},000000000,none@none" for n in range(30)]
    run(write("id,name,phone,email", *lines))
    assert Customer.objects.count() == 30
    assert not ContactPoint.objects.exists()


def test_the_attack_of_a_victims_email_with_ones_own_phone(write: Write) -> None:
    """Nothing of the victim changes but a question for staff, and the attacker reaches nobody."""
    victim = customer.create(first_name="Vera", last_name="Vieira", email="vera@loja.com.br")
    contact = ContactPoint.objects.get()
    contact.mark_verified(method="email_link")
    before = (list(Customer.objects.values()), list(ContactPoint.objects.values()))

    run(write("name,email,phone", "Vera Vieira,vera@loja.com.br,11 98765-4321"))

    assert (list(Customer.objects.values()), list(ContactPoint.objects.values())) == before
    assert ReviewItem.objects.open().count() == 1
    reached = IdentityResolver().customer_of_phone("+5511987654321", method="otp_sms")
    assert reached != victim.pk


def test_two_shops_do_not_see_each_other(write: Write, other_tenant: Tenant) -> None:
    path = write("name,email", "Ana,ana@loja.com.br")
    run(path)
    with tenancy.use(other_tenant):
        done = run(path)
        assert outcomes(done) == {2: "created"}
        assert Customer.objects.count() == 1
    assert Customer.all_tenants.count() == 2


def test_the_size_of_the_pieces_and_the_order_of_the_rows_do_not_matter(
    write: Write, tenant: Tenant, other_tenant: Tenant
) -> None:
    chance = random.Random(4)
    lines = []
    for n in range(60):
        name = chance.choice(["Ana Souza", "Ana", "Bruno Lima", "Caio Melo", "Davi Reis"])
        phone = f"11 98765-{chance.randrange(4000, 4020)}"
        email = f"p{chance.randrange(25)}@loja.com.br" if n % 3 else ""
        lines.append(f"{name},{phone},{email}")
    one = partition(runs.run(source(write("name,phone,email", *lines)), batch_customers=1))
    chance.shuffle(lines)
    with tenancy.use(other_tenant):
        # The other shop reads national numbers as its own country's.
        whole = source(write("name,phone,email", *lines))
        whole = Source(
            table=whole.table,
            mapping=type(whole.mapping)(source="old", columns=whole.mapping.columns, region="BR"),
        )
        other = partition(runs.run(whole, batch_customers=1000))
    assert one == other
    assert len(one) > 10


def partition(summary: Summary) -> set[tuple[str, tuple[str, ...]]]:
    """Which rows (by what they say) are one customer, and which are a conflict."""
    assert summary.run is not None
    path = Path("customers.csv")
    said = dict(enumerate(path.read_text().splitlines(), start=1))
    found: dict[str, list[str]] = {}
    for line, outcome, key in ImportRow.objects.filter(run=summary.run).values_list(
        "line", "outcome", "customer_uuid"
    ):
        found.setdefault(
            f"conflict {said[line]}" if outcome == "conflict" else str(key), []
        ).append(said[line])
    return {
        ("conflict" if key.startswith("conflict") else "one", tuple(sorted(rows)))
        for key, rows in found.items()
    }


def test_rows_one_by_one_through_the_resolver_make_the_same_people(
    write: Write, tenant: Tenant, other_tenant: Tenant
) -> None:
    """Bulk is online, for rows without contradictions."""
    lines = [
        f"Pessoa{n % 20} Silva,11 98765-{4000 + n % 20},p{n % 20}@loja.com.br" for n in range(40)
    ]
    random.Random(1).shuffle(lines)
    run(write("name,phone,email", *lines))
    bulk = people()
    with tenancy.use(other_tenant):
        for line in lines:
            name, phone, email = line.split(",")
            IdentityResolver().resolve_identity(
                email=email, phone=phone, name=name, source="import:old", region="BR"
            )
        assert people() == bulk


def test_a_killed_import_goes_on_where_it_ended(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("name,email", *(f"Pessoa{n} Silva,p{n}@loja.com.br" for n in range(10)))
    written = writing.Batch.write
    batches = iter(range(100))

    def dies(self: writing.Batch, judged: Any) -> None:
        written(self, judged)
        if next(batches) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(writing.Batch, "write", dies)
    with pytest.raises(KeyboardInterrupt):
        runs.run(source(path), batch_customers=3)
    assert Customer.objects.count() == 6

    done = runs.run(source(path), batch_customers=4)
    assert done.resumed_at == 6
    assert Customer.objects.count() == 10
    assert ImportRun.objects.get().status == "finished"
    assert done.counts.created == ImportRow.objects.filter(outcome="created").count() == 10


def test_a_batch_that_another_got_in_the_way_of_is_tried_again(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = writing.Batch.write
    tries = iter([True, True, False])

    def once(self: writing.Batch, judged: Any) -> None:
        written(self, judged)
        if next(tries):
            raise OperationalError("deadlock detected")

    monkeypatch.setattr(writing.Batch, "write", once)
    done = run(write("name,email", "Ana,ana@loja.com.br"))
    assert done.counts.created == Customer.objects.count() == 1


def test_a_run_that_is_elsewhere_already_is_left_to_it(write: Write) -> None:
    record = runs.begin(source(write("name,email", "Ana,ana@loja.com.br")))
    ImportRun.objects.filter(pk=record.pk).update(position=5)
    with pytest.raises(ImportTakenOver):
        runs.finish(record.pk, 4)


def test_a_dry_run_says_what_a_run_does_and_writes_nothing(write: Write) -> None:
    customer.create(first_name="Bruno", last_name="Lima", phone="11 91357-2468")
    path = write(*FILE)
    before = digest()
    told = command(path, source="old", dry_run=True)
    assert digest() == before
    assert not ImportRun.objects.exists()
    foretold = runs.preview(source(path)).counts
    counts = run(path).counts
    names = ("created", "duplicate", "matched", "same", "conflict", "rejected")
    assert [getattr(foretold, name) for name in names] == [getattr(counts, name) for name in names]
    assert f"new customers      {counts.created}" in told
    assert "rejected           1 rows" in told


def test_the_command_writes_rejects_that_can_be_mended(write: Write) -> None:
    path = write(*FILE)
    with pytest.raises(CommandError) as left_out:
        command(path)
    assert left_out.value.returncode == 3
    with Path("customers.csv-rejects.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["reason"], row["Nome"]) for row in rows] == [
        ("5", "invalid_phone", "Carla Dias")
    ]
    assert rows[0]["cells"] == "phone:invalid_phone birth_date:invalid_birth_date"


def test_a_clean_import_leaves_no_rejects_of_an_earlier_one(write: Write) -> None:
    Path("customers.csv-rejects.csv").write_text("old")
    told = command(write("name,email", "Ana,ana@loja.com.br"))
    assert "Imported" in told
    assert not Path("customers.csv-rejects.csv").exists()


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"mapping": "name=Nobody,email=email"}, "no column"),
        ({"mapping": "missing.toml"}, "missing.toml"),
        ({"source": "Old Shop!"}, "source must be"),
        ({"batch_size": 0}, "at least 1"),
        ({"tenant": "nowhere"}, "nowhere"),
    ],
)
def test_a_wrong_option_says_so(write: Write, options: dict[str, Any], wrong: str) -> None:
    path = write("name,email", "Ana,ana@loja.com.br")
    with pytest.raises(CommandError, match=wrong):
        command(path, **options)


def test_a_mapping_may_stand_in_a_file(write: Write) -> None:
    Path("map.toml").write_text(
        'source = "erp"\ndates = "mdy"\n[columns]\nname = "N"\nemail = "M"\n'
    )
    command(write("N,M", "Ana,ana@loja.com.br"), mapping="map.toml")
    assert RecordLink.objects.get().source_type == "import:erp"


def test_an_import_costs_the_same_statements_however_many_rows(write: Write) -> None:
    def statements(people: range) -> int:
        lines = (f"Pessoa{n} Silva,p{n}@loja.com.br,{n}" for n in people)
        path = write("name,email,notes", *lines)
        with CaptureQueriesContext(connection) as found:
            run(path)
        return len(found)

    assert statements(range(10)) == statements(range(10, 40))


def test_what_came_before_is_neither_looked_up_nor_locked(write: Write) -> None:
    lines = [f"Pessoa{n} Silva,11 98765-{4000 + n},p{n}@loja.com.br" for n in range(20)]
    path = write("name,phone,email", *lines)
    run(path)
    with CaptureQueriesContext(connection) as found:
        assert run(path).counts.same == 20
    asked = [str(query["sql"]) for query in found if "importrow" not in str(query["sql"])]
    assert not [sql for sql in asked if "advisory" in sql or "customeridentifier" in sql]


def test_claims_beside_known_customers_cost_the_same_statements_however_many(
    write: Write,
) -> None:
    def statements(people: range) -> int:
        for n in people:
            customer.create(first_name=f"Pessoa{n}", last_name="Silva", email=f"p{n}@loja.com.br")
        lines = [f"Pessoa{n} Silva,11 98765-{4000 + n},p{n}@loja.com.br" for n in people]
        path = write("name,phone,email", *lines)
        with CaptureQueriesContext(connection) as found:
            done = run(path)
        assert done.counts.claims_noted == len(people)
        return len(found)

    assert statements(range(3)) == statements(range(3, 20))
    assert ReviewItem.objects.filter(kind="pending").count() == 20
