"""Expand: what an invoice says of the ways to pay it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0006_payment_asked_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='shopsettings',
            name='payment_instructions',
            field=models.TextField(blank=True, db_default='', default='', max_length=1000),
        ),
    ]
