"""The rule packs that ship with the package, and their one loader. No Django.

A pack is read when it is first asked for and kept: a process that judges one credential reads
one file. Another folder of packs, such as a test's, is another ``Library``.

A document is a pack file as plain data that JSON can hold; ``parse`` reads one that was stored.
"""

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from aliquot.credentials.data.parsing import parse_pack, parse_source
from aliquot.credentials.errors import PackError, UnknownCredentialError
from aliquot.credentials.facts import Pack, Source
from aliquot.lib import canonical
from aliquot.lib.packaged import read_yaml

type Document = dict[str, Any]

# When a pack was read again, and the log of its changes, are no part of what it means.
_NO_MEANING = ("last_verified", "changes")


class Library:
    """A folder of rule packs, ``<credential id>.yaml`` each, and the registry of their sources."""

    def __init__(self, packs: Path, *, sources: Path) -> None:
        self._packs = packs
        self._sources = sources
        self._documents: dict[str, Document] = {}
        self._read: dict[str, Pack] = {}
        self._digests: dict[str, str] = {}

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of all credentials that can be judged, sorted."""
        return tuple(sorted(path.stem for path in self._packs.glob("*.yaml")))

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Every source that a pack may cite, by id."""
        rows = read_yaml(self._sources)
        return {source_id: parse_source(source_id, row) for source_id, row in rows.items()}

    def pack(self, credential_id: str) -> Pack:
        """The pack of one credential; UnknownCredentialError if there is none."""
        if credential_id not in self._read:
            document = self.document(credential_id)
            self._read[credential_id] = parse_pack(
                document, name=credential_id, sources=self.sources
            )
        return self._read[credential_id]

    def document(self, credential_id: str) -> Document:
        """The file of one credential as plain data; UnknownCredentialError if there is none."""
        if credential_id not in self._documents:
            if credential_id not in self.ids:
                raise UnknownCredentialError(f"no rules for the credential {credential_id!r}")
            found = read_yaml(self._packs / f"{credential_id}.yaml")
            self._documents[credential_id] = canonical.plain(found)
        return self._documents[credential_id]

    def digest(self, credential_id: str) -> str:
        """The digest of what the pack of one credential means."""
        if credential_id not in self._digests:
            self._digests[credential_id] = digest_of(self.document(credential_id))
        return self._digests[credential_id]

    def all_packs(self) -> tuple[Pack, ...]:
        """Every pack, in the order of ``ids``."""
        return tuple(map(self.pack, self.ids))


@cache
def shipped() -> Library:
    """The packs that ship with the package."""
    here = Path(__file__).parent
    return Library(here / "packs", sources=here / "sources.yaml")


def pack(credential_id: str) -> Pack:
    """The shipped pack of one credential; UnknownCredentialError if there is none."""
    return shipped().pack(credential_id)


def all_packs() -> tuple[Pack, ...]:
    """Every shipped pack, by id."""
    return shipped().all_packs()


def document(credential_id: str) -> Document:
    """The shipped pack of one credential as plain data, fit for JSON. Not to be changed."""
    return shipped().document(credential_id)


def digest(credential_id: str) -> str:
    """The digest of what the shipped pack of one credential means."""
    return shipped().digest(credential_id)


def digest_of(document: Document) -> str:
    """SHA-256 of what a document means: the same however the file is laid out or commented."""
    meaning = {key: value for key, value in document.items() if key not in _NO_MEANING}
    return canonical.digest(canonical.plain(meaning))


def parse(document: Document, sources: Mapping[str, Source] | None = None) -> Pack:
    """A pack from a document, which may have been stored by an earlier release.

    Without ``sources``, those of the shipped registry. PackError if it is no pack of this format.
    """
    known = shipped().sources if sources is None else sources
    return parse_pack(document, name=str(document.get("id", "pack")), sources=known)


__all__ = [
    "Document",
    "Library",
    "PackError",
    "all_packs",
    "digest",
    "digest_of",
    "document",
    "pack",
    "parse",
    "shipped",
]
