"""Expand: who calculated the tax of an order, and what was told of it; empty for orders before."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commerce', '0003_order_keeps_card'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='tax_calculation',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddField(
            model_name='order',
            name='tax_source',
            field=models.CharField(blank=True, db_default='', default='', max_length=20),
        ),
        migrations.CreateModel(
            name='TaxFiling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaction', models.CharField(blank=True, max_length=200)),
                ('problem', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tax_filings', to='commerce.order')),
                ('refund', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tax_filings', to='commerce.refund')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('refund', None)), fields=('order',), name='tax_filing_sale_once'), models.UniqueConstraint(fields=('refund',), name='tax_filing_refund_once')],
            },
        ),
    ]
