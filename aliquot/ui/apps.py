"""The Django app of the face."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files and template tags; no models."""

    name = "aliquot.ui"
    label = "ui"
