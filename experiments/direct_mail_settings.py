"""The site without its outbox: a mail is sent while the person waits."""

from urllib.parse import urlsplit

from aliquot.settings import *  # noqa: F403
from aliquot.settings import MAIL_URL

MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": urlsplit(MAIL_URL).hostname,
            "port": urlsplit(MAIL_URL).port,
            "timeout": 10,
        },
    }
}
