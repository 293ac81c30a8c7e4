"""Expand: a charge of a saved card is written down before the gateway is asked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0004_tax_calculations_and_filings'),
    ]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='asked_as',
            field=models.CharField(blank=True, db_default='', default='', max_length=80),
        ),
        migrations.AlterField(
            model_name='payment',
            name='state',
            field=models.CharField(choices=[('asked', 'asked for, no answer yet'), ('open', 'not paid yet'), ('captured', 'paid'), ('failed', 'failed'), ('abandoned', 'given up'), ('double', 'paid a second time, given back')], max_length=10),
        ),
    ]
