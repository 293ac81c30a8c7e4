"""Addresses: each delivery module brings its own."""

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.views import list_usersessions
from django.urls import include, path

# Looking at one's sessions is free; ending the others asks who it is.
sessions = reauthentication_required(list_usersessions, allow_get=True)

# What is asked most stands first: addresses are tried in this order. None is in two of them, but
# for the one of the sign-in library that is guarded here.
urlpatterns = [
    path("", include("aliquot.web.pages")),
    path("", include("aliquot.web.catalog")),
    path("", include("aliquot.web.learning")),
    path("", include("aliquot.web.certificates")),
    path("", include("aliquot.web.operations")),
    path("account/sessions/", sessions, name="usersessions_list"),
    path("account/", include("allauth.urls")),
    path("staff/", include("aliquot.staff.urls")),
    path("api/v1/", include("aliquot.api.urls")),
    path("", include("aliquot.web.accounts")),
    path("", include("aliquot.web.credentials")),
    path("", include("aliquot.web.ledger")),
    path("", include("aliquot.web.shop")),
]

handler400 = "aliquot.web.pages.bad_request"
handler403 = "aliquot.web.pages.forbidden"
handler404 = "aliquot.web.pages.not_found"
handler500 = "aliquot.web.pages.server_error"
handler_refusal = "aliquot.web.operations.refusal"  # infra/http/refusals.py asks for it
