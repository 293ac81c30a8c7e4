"""One-off messages for the next page, in a cookie that is this host's alone."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class _InCookie(CookieStorage):
    """The framework's, under a name of ours."""

    cookie_name = settings.MESSAGES_COOKIE_NAME


class Storage(FallbackStorage):
    """In the cookie, or in the session what is too long for it (``MESSAGE_STORAGE``)."""

    storage_classes = (_InCookie, SessionStorage)
