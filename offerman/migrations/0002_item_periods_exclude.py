"""Two prices of one product and quantity in one list never hold at once, where btree_gist is there.

The extension may be missing or forbidden; then the services' locks stand alone and a system check
says so. Nothing here is in the models' Meta, so the state of the migrations is the same either way.
"""

from django.db import DatabaseError, migrations, transaction

ADD = """
ALTER TABLE offerman_pricelistitem ADD CONSTRAINT item_periods_exclude EXCLUDE USING gist (
    tenant_id WITH =,
    price_list_id WITH =,
    product_id WITH =,
    minimum_quantity WITH =,
    tstzrange(valid_from, valid_until) WITH &&
)
"""
DROP = "ALTER TABLE offerman_pricelistitem DROP CONSTRAINT IF EXISTS item_periods_exclude"


def add(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    except DatabaseError:
        return
    with connection.cursor() as cursor:
        cursor.execute(ADD)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("offerman", "0001_initial")]

    operations = [migrations.RunPython(add, drop)]
