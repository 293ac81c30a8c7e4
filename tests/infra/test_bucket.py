"""Files in a bucket that speaks the S3 protocol, against moto's server."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer

from aliquot.infra import environment, storage
from aliquot.infra.models import StoredFile
from tests.infra.own_site import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

CONTENT = b"%PDF-1.7 a proof of Rosa's"
KEYS = {"aws_access_key_id": "AK", "aws_secret_access_key": "SK", "region_name": "us-east-1"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(address: str, settings: Any) -> Iterator[Any]:
    """An empty bucket, which the site keeps its files in."""
    made = boto3.resource("s3", endpoint_url=address, **KEYS).Bucket("aliquot-files")
    made.create()
    chosen = environment.stored_files(
        bucket="aliquot-files",
        endpoint=address,
        region="us-east-1",
        key="AK",
        secret="SK",
        prefix="site/",
        folder=ROOT,
    )
    settings.STORAGES = {**settings.STORAGES, "default": chosen}
    yield made
    made.objects.delete()
    made.delete()


def test_a_file_goes_into_the_bucket_under_its_hash_and_comes_back(
    bucket: Any, now: datetime
) -> None:
    kept = storage.store(CONTENT, media_type="application/pdf", now=now)
    again = storage.store(CONTENT, media_type="application/pdf", now=now)
    assert storage.read(kept) == CONTENT
    assert kept == again
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert [each.key for each in bucket.objects.all()] == [
        f"site/{digest[:2]}/{digest[2:4]}/{digest}"
    ]


def test_the_service_keeps_the_checksum_of_what_arrived(bucket: Any, now: datetime) -> None:
    storage.store(CONTENT, media_type="application/pdf", now=now)
    [kept] = bucket.objects.all()
    told = bucket.meta.client.head_object(Bucket=bucket.name, Key=kept.key, ChecksumMode="ENABLED")
    assert bytes.fromhex(hashlib.sha256(CONTENT).hexdigest()) == base64.b64decode(
        told["ChecksumSHA256"]
    )


def test_nobody_but_the_owner_may_read_it_and_it_has_no_address(bucket: Any, now: datetime) -> None:
    kept = storage.store(CONTENT, media_type="application/pdf", now=now)
    [stored] = bucket.objects.all()
    grants = stored.Acl().grants
    assert [grant["Permission"] for grant in grants] == ["FULL_CONTROL"]
    assert all(grant["Grantee"]["Type"] == "CanonicalUser" for grant in grants)
    with pytest.raises(NotImplementedError, match="no public address"):
        default_storage.url(storage.name_of(kept.sha256))


def test_a_file_that_was_changed_or_is_gone_is_never_handed_on(bucket: Any, now: datetime) -> None:
    kept = storage.store(CONTENT, media_type="application/pdf", now=now)
    [stored] = bucket.objects.all()
    stored.put(Body=b"another proof")
    with pytest.raises(storage.DamagedFileError, match="other bytes than were stored"):
        storage.read(kept)
    stored.delete()
    with pytest.raises(storage.DamagedFileError, match="cannot be read"):
        storage.read(kept)
    storage.store(CONTENT, media_type="application/pdf", now=now)
    assert storage.read(kept) == CONTENT


def test_without_the_bucket_nothing_counts_as_stored(bucket: Any, now: datetime) -> None:
    bucket.objects.delete()
    bucket.delete()
    with pytest.raises(OSError, match="the bucket does not take"):
        storage.store(CONTENT, media_type="application/pdf", now=now)
    assert StoredFile.objects.count() == 0
    bucket.create()
