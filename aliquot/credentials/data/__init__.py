"""The rule packs that ship with the package, and their one loader. No Django.

A pack is read when it is first asked for and kept: a process that judges one credential reads
one file. Another folder of packs, such as a test's, is another ``Library``.
"""

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

from aliquot.credentials.data.parsing import parse_pack, parse_source
from aliquot.credentials.errors import PackError, UnknownCredentialError
from aliquot.credentials.facts import Pack, Source
from aliquot.lib.packaged import read_yaml


class Library:
    """A folder of rule packs, ``<credential id>.yaml`` each, and the registry of their sources."""

    def __init__(self, packs: Path, *, sources: Path) -> None:
        self._packs = packs
        self._sources = sources
        self._read: dict[str, Pack] = {}

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
            if credential_id not in self.ids:
                raise UnknownCredentialError(f"no rules for the credential {credential_id!r}")
            path = self._packs / f"{credential_id}.yaml"
            self._read[credential_id] = parse_pack(
                read_yaml(path), name=credential_id, sources=self.sources
            )
        return self._read[credential_id]

    def all_packs(self) -> tuple[Pack, ...]:
        """Every pack, in the order of ``ids``."""
        return tuple(map(self.pack, self.ids))


@cache
def library() -> Library:
    """The packs that ship with the package."""
    here = Path(__file__).parent
    return Library(here / "packs", sources=here / "sources.yaml")


def pack(credential_id: str) -> Pack:
    """The shipped pack of one credential; UnknownCredentialError if there is none."""
    return library().pack(credential_id)


def all_packs() -> tuple[Pack, ...]:
    """Every shipped pack, by id."""
    return library().all_packs()


__all__ = ["Library", "PackError", "all_packs", "library", "pack"]
