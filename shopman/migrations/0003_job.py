import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import shopman.clock
import shopman.keys


class Migration(migrations.Migration):
    dependencies = [
        ("shopman", "0002_saved_view"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
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
                ("kind", models.CharField(max_length=100, verbose_name="kind")),
                ("page", models.CharField(max_length=100)),
                ("parameters", models.JSONField(default=dict)),
                ("keys", models.JSONField(null=True)),
                ("query", models.CharField(blank=True, max_length=2000)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("cancelled", "Cancelled"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("total_count", models.PositiveIntegerField(null=True, verbose_name="rows")),
                ("done_count", models.PositiveIntegerField(default=0, verbose_name="done")),
                ("failed_count", models.PositiveIntegerField(default=0, verbose_name="not done")),
                ("cursor", models.UUIDField(null=True)),
                ("is_read", models.BooleanField(default=False)),
                ("spooled_bytes", models.PositiveBigIntegerField(default=0)),
                ("result", models.CharField(blank=True, max_length=100)),
                ("problem", models.CharField(blank=True, max_length=500, verbose_name="problem")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=shopman.clock.now, editable=False, verbose_name="started"
                    ),
                ),
                ("touched_at", models.DateTimeField(default=shopman.clock.now, editable=False)),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
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
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
            ],
            options={
                "verbose_name": "background job",
                "verbose_name_plural": "background jobs",
            },
        ),
        migrations.CreateModel(
            name="JobFailure",
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
                ("row", models.UUIDField()),
                ("label", models.CharField(max_length=100, verbose_name="row")),
                ("code", models.CharField(max_length=64)),
                ("detail", models.CharField(max_length=500, verbose_name="why")),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="failures",
                        to="shopman.job",
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
                "verbose_name": "row not done",
                "verbose_name_plural": "rows not done",
            },
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["tenant", "-created_at", "-uuid"], name="job_created"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("status__in", ["waiting", "running"])),
                fields=["touched_at"],
                name="job_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("status__in", ["waiting", "running"])),
                    models.Q(
                        models.Q(("status__in", ["waiting", "running"]), _negated=True),
                        ("finished_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="job_finished_is_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="jobfailure",
            constraint=models.UniqueConstraint(
                fields=("tenant", "job", "row"), name="job_failure_row"
            ),
        ),
    ]
