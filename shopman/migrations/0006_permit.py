import django.db.models.deletion
from django.db import migrations, models

import shopman.keys


class Migration(migrations.Migration):
    dependencies = [
        ("shopman", "0005_plain_names"),
    ]

    operations = [
        migrations.CreateModel(
            name="Permit",
            fields=[
                (
                    "uuid",
                    models.UUIDField(
                        default=shopman.keys.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("table", models.CharField(max_length=63)),
                ("row", models.UUIDField()),
                ("operation", models.CharField(max_length=6)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shopman.auditentry",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shopman.tenant",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["row"], name="permit_row")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "table", "row", "operation"), name="permit_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("operation__in", ["UPDATE", "DELETE"])),
                        name="permit_operation",
                    ),
                ],
            },
        ),
    ]
