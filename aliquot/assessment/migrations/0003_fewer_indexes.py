"""Contract: indexes of foreign keys that another index begins with, or that nothing is found by.

On PostgreSQL each is dropped in a moment; no row is read. Every write to these tables gets cheaper.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0002_attempt_points_within_form'),
    ]

    operations = [
        migrations.AlterField(
            model_name='response',
            name='attempt',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='assessment.attempt'),
        ),
    ]
