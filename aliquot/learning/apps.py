from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "aliquot.learning"
    default_auto_field = "django.db.models.BigAutoField"
