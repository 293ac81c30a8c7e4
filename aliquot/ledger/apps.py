from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "aliquot.ledger"
    default_auto_field = "django.db.models.BigAutoField"
    append_only = ("Activity", "CreditEntry")  # triggers: infra/append_only.py
