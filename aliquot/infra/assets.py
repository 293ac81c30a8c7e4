"""Static files under names that carry a hash of their content, for ever cacheable."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashes also the names by which scripts import each other; works out each address once."""

    support_js_module_import_aggregation = True

    def url(self, name: str | None, force: bool = False) -> str:
        """The address of a file: of the manifest, which a process reads once."""
        if settings.DEBUG or force or name is None:
            return str(super().url(name, force))
        known: dict[str, str] = self.__dict__.setdefault("_addresses", {})
        if name not in known:
            known[name] = str(super().url(name, force))
        return known[name]
