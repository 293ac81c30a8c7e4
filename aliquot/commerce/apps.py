from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "aliquot.commerce"
    default_auto_field = "django.db.models.BigAutoField"
    append_only = ("MoneyEntry", "Document", "Price", "OrderLine")

    def ready(self) -> None:
        from aliquot.commerce.adapters.gateways import check_gateways
        from aliquot.commerce.adapters.taxes import check_taxes

        check_gateways()
        check_taxes()
