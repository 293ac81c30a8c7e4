from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "aliquot.certificates"
    default_auto_field = "django.db.models.BigAutoField"
