"""Expand: a mail is sent or given up, not both."""

from django.db import migrations, models

from aliquot.infra.schema import AddCheckOnline, ValidateOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('infra', '0002_upkeep_runs'),
    ]

    operations = [
        AddCheckOnline(
            model_name='outboxmail',
            constraint=models.CheckConstraint(condition=models.Q(('sent_at', None), ('given_up_at', None), _connector='OR'), name='outbox_sent_or_given_up'),
        ),
        ValidateOnline('outboxmail', 'outbox_sent_or_given_up'),
    ]
