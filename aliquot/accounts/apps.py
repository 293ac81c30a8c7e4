from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "aliquot.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from aliquot.accounts.adapters.allauth import connect

        connect()
