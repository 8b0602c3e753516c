from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guestman_merge", "0002_automatic_merges"),
        ("shopman", "0007_job_language"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="mergereturn",
            name="merge_return_outcome_known",
        ),
        migrations.AlterField(
            model_name="mergereturn",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("overwritten", "As before the merge; later changes are kept here"),
                    ("recreated", "Deleted since, restored"),
                    ("taken", "Belongs to somebody else since"),
                    ("kept", "Changed since, stays with the customer who was kept"),
                    ("stayed", "Made since, stays with the customer who was kept"),
                    ("returned", "Made since, goes with what it came in by"),
                    ("version", "Version"),
                ],
                max_length=12,
                verbose_name="outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="mergereturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "outcome__in",
                        [
                            "overwritten",
                            "recreated",
                            "taken",
                            "kept",
                            "stayed",
                            "returned",
                            "version",
                        ],
                    )
                ),
                name="merge_return_outcome_known",
            ),
        ),
    ]
