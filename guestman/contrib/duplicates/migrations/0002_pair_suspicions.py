from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guestman_duplicates", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="duplicatepair",
            name="suspicions",
            field=models.JSONField(default=dict, verbose_name="suspected by others"),
        ),
    ]
