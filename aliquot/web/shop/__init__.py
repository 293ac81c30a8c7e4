"""The shop's pages."""

from aliquot.web.shop import webhooks

app_name = "shop"
urlpatterns = [
    *webhooks.urlpatterns,
]
