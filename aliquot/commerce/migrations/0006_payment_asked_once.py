"""Expand: a charge is asked for once under each of our keys."""

from django.db import migrations, models

from aliquot.infra.schema import AddUniqueOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('commerce', '0005_payments_asked_for'),
    ]

    operations = [
        AddUniqueOnline(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('asked_as', ''), _negated=True), fields=('asked_as',), name='payment_asked_once'),
        ),
    ]
