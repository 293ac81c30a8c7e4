"""Expand: accounts that were closed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_api_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountClosing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('closed_at', models.DateTimeField()),
                ('closed_by_id', models.BigIntegerField()),
                ('erase_at', models.DateTimeField()),
                ('reopened_at', models.DateTimeField(null=True)),
                ('erased_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('erased_at', None), ('reopened_at', None)), fields=('person',), name='account_closing_once'), models.CheckConstraint(condition=models.Q(('reopened_at', None), ('erased_at', None), _connector='OR'), name='account_closing_reopened_or_erased')],
            },
        ),
    ]
