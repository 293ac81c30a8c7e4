"""Pages about oneself: profile, license numbers, API tokens, a copy of all records, closing."""

from django.urls import path

from aliquot.web.accounts.closing import close, export
from aliquot.web.accounts.profile import add_license, profile, remove_license
from aliquot.web.accounts.tokens import token_revoke, tokens

app_name = "accounts"
urlpatterns = [
    path("profile/", profile, name="profile"),
    path("profile/licenses/add/", add_license, name="add_license"),
    path("profile/licenses/<int:number_id>/remove/", remove_license, name="remove_license"),
    path("profile/close/", close, name="close"),
    path("profile/export/", export, name="export"),
    path("profile/tokens/", tokens, name="tokens"),
    path("profile/tokens/<int:token_id>/revoke/", token_revoke, name="token_revoke"),
]
