"""Expand: an attempt has at most the points of its form."""

from django.conf import settings
from django.db import migrations, models

from aliquot.infra.schema import AddCheckOnline, ValidateOnline


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('assessment', '0001_initial'),
        ('catalog', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddCheckOnline(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(('points', None), ('points__lte', models.F('points_possible')), _connector='OR'), name='attempt_points_within_form'),
        ),
        ValidateOnline('attempt', 'attempt_points_within_form'),
    ]
