"""Insights: numbers of customers, how they changed, and the runs that made them."""

import django.db.models.deletion
from django.db import migrations, models

import shopman.keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("guestman", "0001_initial"),
        ("shopman", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="InsightRun",
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
                (
                    "kind",
                    models.CharField(
                        choices=[("full", "All customers"), ("stale", "Customers out of date")],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("completed", "Completed"),
                            ("abandoned", "Abandoned"),
                        ],
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[("measure", "Measuring the shop"), ("score", "Scoring customers")],
                        max_length=16,
                        verbose_name="phase",
                    ),
                ),
                ("policy", models.CharField(max_length=32, verbose_name="policy")),
                (
                    "policy_version",
                    models.CharField(blank=True, max_length=32, verbose_name="policy version"),
                ),
                ("as_of", models.DateTimeField(verbose_name="as of")),
                ("parameters", models.JSONField(verbose_name="parameters")),
                ("breakpoints", models.JSONField(default=dict, verbose_name="breakpoints")),
                ("counts", models.JSONField(default=dict, verbose_name="counts")),
                ("batch_size", models.PositiveIntegerField(verbose_name="batch size")),
                (
                    "customer_count",
                    models.PositiveIntegerField(default=0, verbose_name="customers"),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
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
            ],
            options={
                "verbose_name": "recalculation",
                "verbose_name_plural": "recalculations",
            },
        ),
        migrations.CreateModel(
            name="InsightMeasure",
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
                ("customer_uuid", models.UUIDField()),
                ("recency", models.IntegerField()),
                ("frequency", models.IntegerField()),
                ("monetary", models.BigIntegerField()),
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
                        related_name="+",
                        to="guestman_insights.insightrun",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InsightShard",
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
                ("number", models.PositiveIntegerField()),
                ("after_key", models.UUIDField(null=True)),
                ("upto_key", models.UUIDField(null=True)),
                ("cursor", models.UUIDField(null=True)),
                ("is_done", models.BooleanField(default=False)),
                ("counts", models.JSONField(default=dict)),
                ("fence", models.PositiveIntegerField(default=0)),
                ("owner", models.CharField(blank=True, max_length=200)),
                ("lease_until", models.DateTimeField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shards",
                        to="guestman_insights.insightrun",
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
        migrations.CreateModel(
            name="SegmentChange",
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
                ("from_segment", models.CharField(max_length=32, verbose_name="from")),
                ("to_segment", models.CharField(max_length=32, verbose_name="to")),
                ("policy", models.CharField(max_length=32, verbose_name="policy")),
                ("policy_version", models.CharField(max_length=32, verbose_name="policy version")),
                ("as_of", models.DateTimeField(verbose_name="as of")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segment_changes",
                        to="guestman.customer",
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
                "verbose_name": "segment change",
                "verbose_name_plural": "segment changes",
            },
        ),
        migrations.CreateModel(
            name="CustomerInsight",
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
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("order_count", models.PositiveIntegerField(default=0, verbose_name="orders")),
                (
                    "refund_count",
                    models.PositiveIntegerField(default=0, verbose_name="refunded orders"),
                ),
                ("net_total_amount", models.BigIntegerField(default=0, verbose_name="net spend")),
                (
                    "average_order_amount",
                    models.BigIntegerField(null=True, verbose_name="average order"),
                ),
                ("first_order_at", models.DateTimeField(null=True, verbose_name="first order")),
                ("last_order_at", models.DateTimeField(null=True, verbose_name="last order")),
                (
                    "days_since_last_order",
                    models.PositiveIntegerField(null=True, verbose_name="days since last order"),
                ),
                (
                    "average_gap_days",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=8,
                        null=True,
                        verbose_name="days between orders",
                    ),
                ),
                (
                    "preferred_weekday",
                    models.PositiveSmallIntegerField(null=True, verbose_name="usual weekday"),
                ),
                (
                    "preferred_hour",
                    models.PositiveSmallIntegerField(null=True, verbose_name="usual hour"),
                ),
                ("channels", models.JSONField(default=list, verbose_name="channels")),
                (
                    "favourite_products",
                    models.JSONField(default=list, verbose_name="favourite products"),
                ),
                (
                    "recency_score",
                    models.PositiveSmallIntegerField(null=True, verbose_name="recency score"),
                ),
                (
                    "frequency_score",
                    models.PositiveSmallIntegerField(null=True, verbose_name="frequency score"),
                ),
                (
                    "monetary_score",
                    models.PositiveSmallIntegerField(null=True, verbose_name="monetary score"),
                ),
                ("segment", models.CharField(max_length=32, verbose_name="segment")),
                ("churn_risk", models.FloatField(null=True, verbose_name="churn risk")),
                (
                    "churn_horizon_days",
                    models.PositiveIntegerField(null=True, verbose_name="churn horizon, days"),
                ),
                (
                    "predicted_value_amount",
                    models.BigIntegerField(null=True, verbose_name="predicted spend"),
                ),
                (
                    "value_horizon_days",
                    models.PositiveIntegerField(null=True, verbose_name="value horizon, days"),
                ),
                (
                    "total_value_amount",
                    models.BigIntegerField(null=True, verbose_name="total value"),
                ),
                (
                    "other_currencies",
                    models.JSONField(default=dict, verbose_name="other currencies"),
                ),
                ("reasons", models.JSONField(default=dict, verbose_name="reasons")),
                ("policy", models.CharField(max_length=32, verbose_name="policy")),
                ("policy_version", models.CharField(max_length=32, verbose_name="policy version")),
                ("as_of", models.DateTimeField(verbose_name="as of")),
                ("calculated_at", models.DateTimeField(verbose_name="calculated")),
                ("is_stale", models.BooleanField(default=False, verbose_name="out of date")),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="insight",
                        to="guestman.customer",
                        verbose_name="customer",
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
                "verbose_name": "customer insight",
                "verbose_name_plural": "customer insights",
                "indexes": [
                    models.Index(fields=["tenant", "segment", "customer"], name="insight_segment"),
                    models.Index(
                        fields=["tenant", "-net_total_amount", "uuid"], name="insight_spend"
                    ),
                    models.Index(
                        condition=models.Q(("churn_risk__isnull", False)),
                        fields=["tenant", "-churn_risk", "uuid"],
                        name="insight_churn",
                    ),
                    models.Index(
                        condition=models.Q(("is_stale", True)),
                        fields=["tenant", "customer"],
                        name="insight_stale",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("churn_risk__isnull", True),
                            models.Q(("churn_risk__gte", 0), ("churn_risk__lte", 1)),
                            _connector="OR",
                        ),
                        name="insight_churn_is_probability",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recency_score__isnull", True),
                            ("recency_score__range", (1, 5)),
                            _connector="OR",
                        ),
                        name="insight_recency_score",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("frequency_score__isnull", True),
                            ("frequency_score__range", (1, 5)),
                            _connector="OR",
                        ),
                        name="insight_frequency_score",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("monetary_score__isnull", True),
                            ("monetary_score__range", (1, 5)),
                            _connector="OR",
                        ),
                        name="insight_monetary_score",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("last_order_at__isnull", True), ("order_count", 0)),
                            models.Q(("last_order_at__isnull", False), ("order_count__gt", 0)),
                            _connector="OR",
                        ),
                        name="insight_orders_have_dates",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="insightrun",
            index=models.Index(
                fields=["tenant", "-started_at", "-uuid"], name="insight_run_recent"
            ),
        ),
        migrations.AddConstraint(
            model_name="insightrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "running")),
                fields=("tenant",),
                name="insight_run_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="insightmeasure",
            constraint=models.UniqueConstraint(
                fields=("tenant", "run", "customer_uuid"), name="insight_measure_customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="insightshard",
            constraint=models.UniqueConstraint(
                fields=("tenant", "run", "number"), name="insight_shard_number"
            ),
        ),
        migrations.AddIndex(
            model_name="segmentchange",
            index=models.Index(
                fields=["customer", "-changed_at", "-uuid"], name="segment_change_customer"
            ),
        ),
        migrations.AddIndex(
            model_name="segmentchange",
            index=models.Index(
                fields=["tenant", "-changed_at", "-uuid"], name="segment_change_recent"
            ),
        ),
    ]
