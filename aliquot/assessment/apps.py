from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "aliquot.assessment"
    default_auto_field = "django.db.models.BigAutoField"
    append_only = ("Question",)  # triggers: infra/append_only.py
