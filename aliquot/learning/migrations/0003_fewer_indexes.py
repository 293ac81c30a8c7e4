"""Contract: indexes of foreign keys that another index begins with, or that nothing is found by.

On PostgreSQL each is dropped in a moment; no row is read. Every write to these tables gets cheaper.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0003_fewer_indexes'),
        ('catalog', '0001_initial'),
        ('learning', '0002_courses_given_back'),
    ]

    operations = [
        migrations.AlterField(
            model_name='bookmark',
            name='page',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.page'),
        ),
        migrations.AlterField(
            model_name='pageanswer',
            name='enrollment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='learning.enrollment'),
        ),
        migrations.AlterField(
            model_name='pageanswer',
            name='question',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessment.question'),
        ),
        migrations.AlterField(
            model_name='pagevisit',
            name='enrollment',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='learning.enrollment'),
        ),
        migrations.AlterField(
            model_name='pagevisit',
            name='page',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.page'),
        ),
    ]
