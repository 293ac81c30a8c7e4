import os

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from aliquot.catalog.facts import HoursSettings


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

    def ready(self) -> None:
        try:
            HoursSettings.read(os.environ)
        except ValueError as error:
            raise ImproperlyConfigured(str(error)) from error
