from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guestman", "0002_search_trigrams"),
        ("shopman", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["tenant", "first_name", "uuid"], name="customer_named"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["tenant", "status", "-updated_at", "-uuid"], name="customer_by_status"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                fields=["tenant", "group", "-updated_at", "-uuid"], name="customer_by_group"
            ),
        ),
    ]
