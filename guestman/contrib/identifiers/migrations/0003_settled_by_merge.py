from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guestman_identifiers", "0002_came_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="reviewitem",
            name="settled_by_merge",
            field=models.UUIDField(editable=False, null=True),
        ),
    ]
