import django.db.models.deletion
from django.db import migrations, models

import shopman.tenancy.context


class Migration(migrations.Migration):
    dependencies = [("shopman", "0003_job")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                default=shopman.tenancy.context.current_organization_key,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="shopman.organization",
            ),
        ),
    ]
