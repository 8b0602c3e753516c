from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guestman", "0004_plain_names"),
        ("shopman", "0006_permit"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="erased_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="erased"
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True),
                    models.Q(
                        ("birth_date__isnull", True),
                        ("document", ""),
                        ("email", ""),
                        ("first_name", ""),
                        ("is_active", False),
                        ("last_name", ""),
                        ("notes", ""),
                        ("phone", ""),
                        ("search_text", ""),
                    ),
                    _connector="OR",
                ),
                name="customer_erased_is_empty",
            ),
        ),
    ]
