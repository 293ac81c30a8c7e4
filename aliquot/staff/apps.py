from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "aliquot.staff"
