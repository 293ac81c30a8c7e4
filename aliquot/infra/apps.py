from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InfraConfig(AppConfig):
    name = "aliquot.infra"
    default_auto_field = "django.db.models.BigAutoField"
    append_only = ("AuditEntry", "AuditBlock", "SealedEntry")

    def ready(self) -> None:
        from django.conf import settings

        from aliquot.infra import append_only, start

        start.check_settings(settings)
        # This app is the last one: when its signal comes, all tables are there.
        post_migrate.connect(append_only.install, sender=self, dispatch_uid="append_only")
