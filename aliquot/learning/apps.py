from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "aliquot.learning"
    default_auto_field = "django.db.models.BigAutoField"
    append_only = ("Completion", "Evaluation", "TestAttempt")  # triggers: infra/append_only.py
