"""Leave each page of insights half empty on PostgreSQL.

Every run touches every row, and mostly columns that no index holds. With room on its page, the new
version of a row needs no new index entries and takes the place of the one before.
"""

from django.db import migrations

TABLE = "guestman_insights_customerinsight"


def _alter(schema_editor, change):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} {change}")


def leave_room(apps, schema_editor):
    _alter(schema_editor, "SET (fillfactor = 50)")


def fill_pages(apps, schema_editor):
    _alter(schema_editor, "RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("guestman_insights", "0001_initial")]

    operations = [migrations.RunPython(leave_room, fill_pages)]
