import django.db.models.deletion
from django.db import migrations, models

import shopman.clock
import shopman.keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shopman", "0006_permit"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
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
                ("customer_uuid", models.UUIDField(verbose_name="customer")),
                ("keys", models.JSONField(default=list)),
                ("reason", models.TextField(verbose_name="reason")),
                ("counts", models.JSONField(default=dict, verbose_name="counts")),
                ("holds", models.JSONField(default=list, verbose_name="held")),
                ("at", models.DateTimeField(default=shopman.clock.now, verbose_name="at")),
                ("ledgered_at", models.DateTimeField(null=True)),
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
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
            },
        ),
        migrations.CreateModel(
            name="Suppression",
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
                ("kind", models.CharField(max_length=16)),
                ("key_id", models.CharField(max_length=16)),
                ("digest", models.CharField(max_length=64)),
                (
                    "erasure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suppressions",
                        to="guestman_privacy.erasure",
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
        ),
        migrations.AddIndex(
            model_name="erasure",
            index=models.Index(fields=["tenant", "-at"], name="erasure_recent"),
        ),
        migrations.AddConstraint(
            model_name="erasure",
            constraint=models.UniqueConstraint(
                fields=("tenant", "customer_uuid"), name="erasure_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.UniqueConstraint(
                fields=("tenant", "kind", "digest", "erasure"), name="suppression_once"
            ),
        ),
    ]
