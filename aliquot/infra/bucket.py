"""Stored files in a bucket that speaks the S3 protocol: private, checked, without addresses.

The bucket belongs to the site alone and has no public access; files are handed out by our own
views, after asking who may. So there are no public or signed addresses at all.
"""

from typing import Any, NoReturn

from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage


class PrivateBucket(S3Storage):
    """A bucket without addresses. What goes wrong there is an OSError, as on a disk."""

    def get_default_settings(self) -> dict[str, Any]:
        """The library's settings, and ours in the place of what would be unsafe."""
        return {
            **super().get_default_settings(),
            "default_acl": None,  # the bucket's own rules, which are private
            "file_overwrite": False,
            "querystring_auth": True,
            "custom_domain": None,
            "signature_version": "s3v4",
            # The server compares what arrived with what was sent, and keeps the checksum.
            "object_parameters": {"ChecksumAlgorithm": "SHA256"},
        }

    def url(self, *_arguments: object, **_options: object) -> NoReturn:
        """Files have no address of their own."""
        raise NotImplementedError("Stored files have no public address; a view hands them out.")

    def _open(self, name: str, mode: str = "rb") -> Any:
        try:
            opened = super()._open(name, mode)
            _ = opened.file  # fetched now, so that what fails fails here
            return opened
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"the bucket does not give {name}: {error}") from error

    def _save(self, name: str, content: Any) -> str:
        try:
            saved: str = super()._save(name, content)
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"the bucket does not take {name}: {error}") from error
        return saved

    def exists(self, name: str) -> bool:
        """Whether the bucket holds a file of this name."""
        try:
            found: bool = super().exists(name)
        except (BotoCoreError, ClientError) as error:
            raise OSError(f"the bucket does not answer about {name}: {error}") from error
        return found
