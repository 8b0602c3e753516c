import pytest
from django.db import connection
from guestman.models import Customer
from guestman.services.search import matches
from tests.guestman.factories import CustomerFactory
@pytest.mark.django_db
def test_x(in_tenant):
    Customer.objects.bulk_create([CustomerFactory.build(tenant=in_tenant, code=f"B-{n}", metadata={"a":"x"*60}, search_text=f"customer{n * 7919 % 20011} surname{n}\nb-{n}\n{n*104729%10**11:011d}\n55219{n:08d}\ncustomer{n}@example.com") for n in range(20_000)], batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE guestman_customer")
        for t in ["alvares 4321", "(11) 98765-4321", "390.533.447-05", "jose_a", "souza", "ana"]:
            m = matches(t)
            q = Customer.objects.active().filter(m).in_reading_order()[:20]
            print(t); print(q.explain(analyze=True))
            cursor.execute("SET enable_seqscan=off"); print(q.explain(analyze=True)); cursor.execute("SET enable_seqscan=on")
