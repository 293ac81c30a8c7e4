from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]

    operations = [
        migrations.AddField(
            "packrevision",
            "in_force_since",
            models.DateTimeField(default=timezone.now),
            preserve_default=False,
        ),
        migrations.AddField("packrevision", "told_through", models.BigIntegerField(default=0)),
        migrations.AddField("packrevision", "told_at", models.DateTimeField(null=True)),
    ]
