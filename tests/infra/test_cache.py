"""What is cached is exact: a deed that raises a generation is seen at once, a rollback never."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from aliquot.accounts.models import User
from aliquot.infra import cache
from aliquot.infra.models import Generation
from tests.infra import sample_site
from tests.infra.own_site import SETTLE_SECONDS

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.infra.sample_site")]


class Counter:
    """Counts how often it is asked to compute."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> int:
        self.count += 1
        return self.count


def test_a_value_is_computed_once_until_its_generation_is_raised() -> None:
    compute = Counter()
    assert [cache.remember(["list", 1], ["catalog"], compute) for _ in range(3)] == [1, 1, 1]
    cache.raise_generation("provider")
    assert cache.remember(["list", 1], ["catalog"], compute) == 1
    cache.raise_generation("catalog")
    assert cache.remember(["list", 1], ["catalog"], compute) == 2


def test_other_parts_and_other_generations_are_other_values() -> None:
    compute = Counter()
    got = [
        cache.remember(["list", 1], ["catalog"], compute),
        cache.remember(["list", "1"], ["catalog"], compute),
        cache.remember(["list", 1], ["catalog", "provider"], compute),
        cache.remember(["list", 1], ["provider", "catalog"], compute),
    ]
    assert got == [1, 2, 3, 3]


def test_nothing_and_false_are_values_too() -> None:
    compute = Counter()
    for value in (None, False):

        def give(value: object = value) -> object:
            compute()
            return value

        assert cache.remember([value], ["catalog"], give) is value
        assert cache.remember([value], ["catalog"], give) is value
    assert compute.count == 2


def test_the_numbers_are_read_once_a_request(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with cache.one_view(), django_assert_num_queries(1):
        for number in range(5):
            cache.remember(["x", number], ["catalog", "provider"], Counter())


def test_one_request_never_sees_half_of_a_change() -> None:
    compute = Counter()
    with cache.one_view():
        assert cache.remember(["x"], ["catalog"], compute) == 1
        Generation.objects.create(name="catalog", number=77)  # another process, meanwhile
        assert cache.remember(["x"], ["catalog"], compute) == 1
    with cache.one_view():
        assert cache.remember(["x"], ["catalog"], compute) == 2


def test_a_request_that_raised_a_generation_keeps_nothing_under_it() -> None:
    compute = Counter()
    with cache.one_view():
        cache.raise_generation("catalog")
        assert [cache.remember(["x"], ["catalog"], compute) for _ in range(2)] == [1, 2]
        assert [cache.remember(["x"], ["provider"], compute) for _ in range(2)] == [3, 3]


def test_a_number_never_comes_back_after_a_rollback() -> None:
    def raised() -> int:
        cache.raise_generation("catalog")
        return Generation.objects.get().number

    with transaction.atomic():
        lost = raised()
        transaction.set_rollback(True)
    assert Generation.objects.count() == 0
    assert raised() > lost


@pytest.mark.django_db(transaction=True)
def test_raising_at_once_from_many_processes_loses_none() -> None:
    seen, barrier = set(), threading.Barrier(5)

    def work() -> None:
        barrier.wait()
        try:
            with transaction.atomic():
                cache.raise_generation("catalog")
                seen.add(Generation.objects.get(name="catalog").number)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 5
    assert Generation.objects.get().number == max(seen)


@pytest.mark.django_db(transaction=True)
def test_a_change_is_stale_for_others_exactly_when_it_commits() -> None:
    compute = Counter()
    assert cache.remember(["x"], ["catalog"], compute) == 1
    looked, done = threading.Event(), threading.Event()

    def publish() -> None:
        try:
            with transaction.atomic():
                cache.raise_generation("catalog")
                looked.wait(SETTLE_SECONDS)
        finally:
            connection.close()
            done.set()

    thread = threading.Thread(target=publish)
    thread.start()
    assert cache.remember(["x"], ["catalog"], compute) == 1
    looked.set()
    assert done.wait(SETTLE_SECONDS)
    thread.join()
    assert cache.remember(["x"], ["catalog"], compute) == 2


@pytest.fixture
def rendered() -> Iterator[list[str]]:
    sample_site.rendered.clear()
    yield sample_site.rendered
    sample_site.rendered.clear()


def test_an_anonymous_page_is_rendered_once(rendered: list[str]) -> None:
    first, second = Client().get("/page/"), Client().get("/page/")
    assert rendered == ["/page/"]
    assert b"<p>1</p>" in first.content
    assert b"<p>1</p>" in second.content
    assert second["Content-Type"] == first["Content-Type"]


def test_a_kept_page_costs_one_query(
    rendered: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    Client().get("/page/")
    with django_assert_num_queries(1):
        Client().get("/page/")


def test_a_kept_page_holds_nothing_of_the_visitor_it_was_made_for(rendered: list[str]) -> None:
    visitors = [Client() for _ in range(3)]
    pages = [visitor.get("/page/") for visitor in visitors]
    for visitor, answer in zip(visitors, pages, strict=True):
        text = answer.content.decode()
        nonce = text.partition('nonce="')[2].partition('"')[0]
        assert f"'nonce-{nonce}'" in answer["Content-Security-Policy"]
        token = text.partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
        strict = Client(enforce_csrf_checks=True)
        strict.cookies["csrf"] = visitor.cookies["csrf"].value
        posted = strict.post("/order/", {"csrfmiddlewaretoken": token})
        assert posted.status_code == 302
    for mark in ('nonce="', 'csrfmiddlewaretoken" value="', 'idempotency_key" value="'):
        found = [page.content.decode().partition(mark)[2].partition('"')[0] for page in pages]
        assert len(set(found)) == 3
        assert all(found)
    assert len({visitor.cookies["csrf"].value for visitor in visitors}) == 3
    assert len(rendered) == 1


def test_what_a_visitor_types_cannot_stand_for_a_place(rendered: list[str]) -> None:
    from aliquot.infra.anonymous_pages import _place

    assert _place("token") != _place("nonce")
    assert len(_place("token")) == 36


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("/page/?q=smear", {}),
        ("/page/", {"headers": {"HX-Request": "true"}}),
        ("/page/", {"headers": {"host": "127.0.0.1"}}),
    ],
)
def test_what_differs_is_another_page(
    rendered: list[str], address: str, options: dict[str, dict[str, str]]
) -> None:
    Client().get("/page/")
    Client().get(address, **options)  # type: ignore[arg-type]
    assert len(rendered) == 2


def test_the_theme_is_part_of_the_page(rendered: list[str]) -> None:
    dark = Client()
    dark.cookies["theme"] = "dark"
    Client().get("/page/")
    dark.get("/page/")
    dark.get("/page/")
    assert len(rendered) == 2


def test_a_page_is_rendered_anew_when_a_generation_it_names_is_raised(rendered: list[str]) -> None:
    Client().get("/page/")
    Client().get("/publish/")
    assert b"<p>2</p>" in Client().get("/page/").content


def test_who_is_signed_in_is_never_served_a_kept_page_nor_keeps_one(
    rendered: list[str], rosa: User
) -> None:
    hers = Client()
    hers.force_login(rosa)
    hers.get("/page/")
    Client().get("/page/")
    hers.get("/page/")
    assert len(rendered) == 3


@pytest.mark.parametrize("address", ["/greeting/", "/missing/"])
def test_a_page_that_sets_a_cookie_or_is_an_error_is_not_kept(
    rendered: list[str], address: str
) -> None:
    Client().get(address)
    Client().get(address)
    assert len(rendered) == 2


def test_a_page_asked_for_by_post_is_not_kept(rendered: list[str]) -> None:
    Client().post("/page/")
    Client().post("/page/")
    assert len(rendered) == 2


def test_an_address_with_a_query_is_not_kept_for_strangers_choose_queries(
    rendered: list[str],
) -> None:
    from django.test import Client

    for _ in range(2):
        Client().get("/page/?q=anything")
    assert len(rendered) == 2
