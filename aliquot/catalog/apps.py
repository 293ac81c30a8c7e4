from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "aliquot.catalog"
    default_auto_field = "django.db.models.BigAutoField"
    append_only = (
        "CourseVersion",
        "SubjectHours",
        "Objective",
        "Contributor",
        "Page",
        "Figure",
    )  # triggers: infra/append_only.py
