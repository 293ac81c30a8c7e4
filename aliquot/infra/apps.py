from django.apps import AppConfig


class InfraConfig(AppConfig):
    name = "aliquot.infra"
    default_auto_field = "django.db.models.BigAutoField"
