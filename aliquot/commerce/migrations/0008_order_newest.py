"""Expand: the newest orders are found by an index, not by sorting all of them."""

from django.db import migrations, models

from aliquot.infra.schema import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('commerce', '0007_payment_instructions'),
    ]

    operations = [
        AddIndexOnline(
            model_name='order',
            index=models.Index(fields=['-placed_at', '-id'], name='order_newest'),
        ),
    ]
