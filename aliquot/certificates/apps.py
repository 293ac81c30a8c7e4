from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "aliquot.certificates"
    default_auto_field = "django.db.models.BigAutoField"
    append_only = ("Certificate", "Revocation")  # triggers: infra/append_only.py
