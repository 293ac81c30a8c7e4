"""Static files under names that carry a hash of their content, for ever cacheable."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashes also the names by which scripts import each other."""

    support_js_module_import_aggregation = True
