from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("omniman", "0005_plain_names"),
        ("shopman", "0006_permit"),
    ]

    operations = [
        migrations.AddField(
            model_name="orderredaction",
            name="held_until",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="orderredaction",
            index=models.Index(
                condition=models.Q(("held_until__isnull", False)),
                fields=["tenant", "held_until"],
                name="order_redaction_held",
            ),
        ),
    ]
