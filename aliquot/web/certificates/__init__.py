"""One's certificates, the transcript, and the public page that verifies a code."""

from django.urls import path

from aliquot.web.certificates.mine import certificate, certificate_file, certificates
from aliquot.web.certificates.transcript import transcript_csv, transcript_file
from aliquot.web.certificates.verify import verify, verify_form

app_name = "certificates"

urlpatterns = [
    path("certificates/", certificates, name="list"),
    path("certificates/transcript.pdf", transcript_file, name="transcript"),
    path("certificates/transcript.csv", transcript_csv, name="transcript_csv"),
    path("certificates/<str:code>.pdf", certificate_file, name="pdf"),
    path("certificates/<str:code>/", certificate, name="detail"),
    path("v/", verify_form, name="verify_form"),
    path("v/<str:code>", verify, name="verify"),
]
