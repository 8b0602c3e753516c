import django.db.models.deletion
from django.db import migrations, models

import shopman.clock
import shopman.keys
import shopman.tenancy.context


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("shopman", "0004_job_organization"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportRun",
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
                ("file_name", models.CharField(max_length=255, verbose_name="file")),
                ("file_digest", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict, verbose_name="columns")),
                ("mapping_digest", models.CharField(blank=True, max_length=64)),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                ("is_trusted", models.BooleanField(default=False, verbose_name="trusted")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Not started"),
                            ("previewing", "Preview is being made"),
                            ("previewed", "Preview is ready"),
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("reverting", "Being reverted"),
                            ("reverted", "Reverted"),
                            ("failed", "Failed"),
                        ],
                        default="running",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                (
                    "position",
                    models.PositiveBigIntegerField(default=0, verbose_name="customers done"),
                ),
                (
                    "group_count",
                    models.PositiveBigIntegerField(null=True, verbose_name="customers in the file"),
                ),
                ("row_count", models.PositiveBigIntegerField(default=0, verbose_name="rows")),
                ("counts", models.JSONField(default=dict, verbose_name="counts")),
                ("preview", models.JSONField(default=dict)),
                ("problem", models.CharField(blank=True, max_length=500, verbose_name="problem")),
                ("actor_kind", models.CharField(blank=True, max_length=16)),
                ("actor_label", models.CharField(blank=True, max_length=200, verbose_name="by")),
                (
                    "started_at",
                    models.DateTimeField(default=shopman.clock.now, verbose_name="started"),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=shopman.clock.now, verbose_name="changed"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished"),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        default=shopman.tenancy.context.current_organization_key,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="shopman.organization",
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
                "verbose_name": "import of customers",
                "verbose_name_plural": "imports of customers",
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
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
                ("line", models.PositiveBigIntegerField(verbose_name="line")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("created", "New customer"),
                            ("duplicate", "Same as an earlier row"),
                            ("matched", "Existing customer"),
                            ("enriched", "Existing customer, completed"),
                            ("same", "Imported before"),
                            ("conflict", "Conflict"),
                            ("rejected", "Rejected"),
                        ],
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40, verbose_name="reason")),
                ("errors", models.JSONField(default=list)),
                ("content", models.JSONField(default=list, verbose_name="row")),
                ("customer_uuid", models.UUIDField(null=True, verbose_name="customer")),
                ("changes", models.JSONField(default=dict)),
                ("kept", models.CharField(blank=True, max_length=40, verbose_name="kept")),
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
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="guestman_imports.importrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "imported row",
                "verbose_name_plural": "imported rows",
            },
        ),
        migrations.AddIndex(
            model_name="importrun",
            index=models.Index(
                fields=["tenant", "-started_at", "-uuid"], name="customer_import_recent"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "running")),
                fields=("tenant", "file_digest", "mapping_digest", "is_trusted"),
                name="customer_import_running",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "draft",
                            "previewing",
                            "previewed",
                            "running",
                            "finished",
                            "reverting",
                            "reverted",
                            "failed",
                        ],
                    )
                ),
                name="customer_import_status_known",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(fields=["run", "outcome", "line"], name="import_row_outcome"),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                condition=models.Q(("customer_uuid__isnull", False)),
                fields=["tenant", "customer_uuid"],
                name="import_row_customer",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.UniqueConstraint(
                fields=("tenant", "run", "line"), name="import_row_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        [
                            "created",
                            "duplicate",
                            "matched",
                            "enriched",
                            "same",
                            "conflict",
                            "rejected",
                        ],
                    )
                ),
                name="import_row_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="importrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["conflict", "rejected"]),
                    ("customer_uuid__isnull", False),
                    _connector="OR",
                ),
                name="import_row_has_customer",
            ),
        ),
    ]
