from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guestman_identifiers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="customeridentifier",
            name="came_by",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="recordlink",
            name="came_by",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="reviewparty",
            name="came_by",
            field=models.UUIDField(editable=False, null=True),
        ),
    ]
