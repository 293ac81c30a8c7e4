"""Expand: outgoing webhooks and their deliveries."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('infra', '0003_outbox_sent_or_given_up'),
    ]

    operations = [
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=500)),
                ('events', models.JSONField()),
                ('contact', models.EmailField(max_length=254)),
                ('salt', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('failing_since', models.DateTimeField(null=True)),
                ('switched_off_at', models.DateTimeField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('removed_at', None)), fields=('url',), name='webhook_endpoint_once')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=60)),
                ('message_id', models.CharField(max_length=40)),
                ('body', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('send_after', models.DateTimeField()),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('last_status', models.PositiveSmallIntegerField(null=True)),
                ('last_error', models.TextField(blank=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('given_up_at', models.DateTimeField(null=True)),
                ('endpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='infra.webhookendpoint')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('delivered_at', None), ('given_up_at', None)), fields=['send_after'], name='webhook_owed')],
                'constraints': [models.UniqueConstraint(fields=('endpoint', 'message_id'), name='webhook_message_once')],
            },
        ),
    ]
