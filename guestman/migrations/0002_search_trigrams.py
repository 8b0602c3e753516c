"""Customer search uses a trigram index where PostgreSQL has pg_trgm.

The extension may be missing or forbidden; then search reads every row, and a system check says so.
Nothing here is in the models' Meta, so the state of the migrations is the same either way.

The list of entries waiting to be sorted in is kept short (64 kB): the planner counts reading it
with every look, and a long one makes it prefer to read the whole table.
"""

from django.db import DatabaseError, migrations, transaction

ADD = """
CREATE INDEX IF NOT EXISTS customer_search_trigrams
ON guestman_customer USING gin (search_text gin_trgm_ops)
WITH (gin_pending_list_limit = 64)
"""
DROP = "DROP INDEX IF EXISTS customer_search_trigrams"


def add(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return
    with connection.cursor() as cursor:
        cursor.execute(ADD)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("guestman", "0001_initial")]

    operations = [migrations.RunPython(add, drop)]
