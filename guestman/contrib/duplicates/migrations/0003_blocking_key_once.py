import django.db.models.deletion
from django.db import migrations, models

#: Of keys that a customer has twice, the later rows.
DOUBLES = """
DELETE FROM guestman_duplicates_blockingkey WHERE uuid IN (
    SELECT later.uuid
    FROM guestman_duplicates_blockingkey AS later
    JOIN guestman_duplicates_blockingkey AS earlier
      ON earlier.tenant_id = later.tenant_id AND earlier.key = later.key
     AND earlier.customer_id = later.customer_id AND earlier.uuid < later.uuid
)
"""


class Migration(migrations.Migration):
    """A customer has a key once; no reference is looked up for each of a dozen rows of his."""

    dependencies = [
        ("guestman_duplicates", "0002_pair_suspicions"),
    ]

    operations = [
        migrations.RunSQL(DOUBLES, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="blockingkey", name="blocking_key"),
        migrations.AlterField(
            model_name="blockingkey",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="guestman.customer",
            ),
        ),
        migrations.AlterField(
            model_name="blockingkey",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="shopman.tenant",
            ),
        ),
        migrations.AddConstraint(
            model_name="blockingkey",
            constraint=models.UniqueConstraint(
                fields=["tenant", "key", "customer"], name="blocking_key_once"
            ),
        ),
    ]
