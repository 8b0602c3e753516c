from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guestman", "0006_document_of_survivors"),
    ]

    operations = [
        migrations.AddField(
            model_name="contactpoint",
            name="came_by",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="customeraddress",
            name="came_by",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="externalidentity",
            name="came_by",
            field=models.UUIDField(editable=False, null=True),
        ),
    ]
