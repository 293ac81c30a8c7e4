"""A deed sent twice happens once; the second answer is the first one."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.template import engines
from django.test import Client

from aliquot.accounts.models import User
from aliquot.infra import idempotency
from aliquot.infra.models import Generation, IdempotencyKey

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.infra.sample_site")]


@pytest.fixture
def rosas(rosa: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(rosa)
    return client


def orders(wish: str = "") -> int:
    row = Generation.objects.filter(name=f"orders {wish}").first()
    return row.number if row else 0


def send(client: Client, key: str = "k1", **fields: str) -> Any:
    return client.post("/order/", {"idempotency_key": key, **fields})


def test_the_same_request_gets_the_stored_answer_and_nothing_happens_again(rosas: Client) -> None:
    first, second = send(rosas), send(rosas)
    assert (first.status_code, first["Location"]) == (302, "/order/1/")
    assert (second.status_code, second["Location"]) == (302, "/order/1/")
    assert "Idempotent-Replay" not in first
    assert second["Idempotent-Replay"] == "true"
    assert orders() == 1


def test_a_stored_page_comes_back_with_its_body(rosas: Client) -> None:
    first, second = send(rosas, wish="page"), send(rosas, wish="page")
    assert first.content == second.content == b"order 1"
    assert second["Content-Type"] == first["Content-Type"]


def test_another_request_with_the_same_key_is_refused(rosas: Client) -> None:
    send(rosas)
    other = send(rosas, wish="something else")
    assert other.status_code == 422
    assert b"already sent with other answers" in other.content
    assert orders("something else") == 0


def test_another_key_is_another_deed(rosas: Client) -> None:
    send(rosas, "k1")
    assert send(rosas, "k2")["Location"] == "/order/2/"


def test_the_same_key_of_another_person_is_another_deed(rosas: Client, marcus: User) -> None:
    send(rosas)
    his = Client()
    his.force_login(marcus)
    assert send(his)["Location"] == "/order/2/"


def test_without_a_key_the_deed_is_done_as_it_comes(rosas: Client) -> None:
    rosas.post("/order/", {})
    rosas.post("/order/", {})
    assert orders() == 2
    assert IdempotencyKey.objects.count() == 0


def test_the_token_against_forgery_is_not_part_of_the_request(rosas: Client) -> None:
    send(rosas, csrfmiddlewaretoken="a" * 64)
    assert send(rosas, csrfmiddlewaretoken="b" * 64)["Idempotent-Replay"] == "true"


def test_a_request_still_at_work_is_refused_for_now(
    rosas: Client, rosa: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "FORM_WAIT_SECONDS", 0.0)
    hold(rosas, rosa, for_seconds=60)
    answer = send(rosas)
    assert answer.status_code == 409
    assert 0 < int(answer["Retry-After"]) <= 60
    assert orders() == 0


def test_a_request_whose_worker_died_runs_after_the_lease(rosas: Client, rosa: User) -> None:
    hold(rosas, rosa, for_seconds=-1)
    assert send(rosas)["Location"] == "/order/1/"
    assert send(rosas)["Idempotent-Replay"] == "true"


def hold(client: Client, person: User, *, for_seconds: int) -> None:
    """The state a worker leaves that was killed in the middle of the deed."""
    send(client)
    Generation.objects.filter(name="orders ").delete()
    IdempotencyKey.objects.update(
        locked_until=idempotency.clock.now() + timedelta(seconds=for_seconds),
        status=None,
        response=None,
    )


@pytest.mark.parametrize(("wish", "status"), [("form again", 422), ("refuse", 409), ("break", 500)])
def test_what_took_no_effect_is_undone_and_may_be_sent_again(
    rosas: Client, wish: str, status: int
) -> None:
    for _ in range(2):
        assert send(rosas, wish=wish).status_code == status
    assert orders(wish) == 0
    assert IdempotencyKey.objects.count() == 0


def test_a_client_that_sends_json_uses_the_header(rosas: Client) -> None:
    def post(body: str) -> Any:
        headers = {"Idempotency-Key": "j1"}
        return rosas.post("/order.json", body, content_type="application/json", headers=headers)

    first, second = post('{"a": 1}'), post('{"a": 1}')
    assert (first.status_code, first.json()) == (201, {"number": 1})
    assert (second.status_code, second.json()) == (201, {"number": 1})
    other = post('{"a": 2}')
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["x" * 81, "schlüssel", "a\x00b"])
def test_a_key_that_is_none_of_ours_is_refused(rosas: Client, key: str) -> None:
    assert send(rosas, key).status_code == 422
    assert orders() == 0


def test_an_answer_that_lost_its_lease_undoes_the_deed(now: datetime) -> None:
    """The slow first worker must not add its effect to the retry's."""

    def slow() -> HttpResponse:
        Generation.objects.create(name="effect")
        IdempotencyKey.objects.update(locked_until=now + timedelta(hours=1))  # the retry took over
        return HttpResponse("done")

    with pytest.raises(idempotency.StillAtWorkError):
        idempotency.once(actor="person:1", key="k", request_hash="h", now=now, do=slow)
    assert not Generation.objects.filter(name="effect").exists()


def test_a_streamed_answer_is_a_mistake_of_ours(now: datetime) -> None:
    def stream() -> Any:
        return StreamingHttpResponse([b"x"])

    with pytest.raises(TypeError, match="cannot stream"):
        idempotency.once(actor="person:1", key="k", request_hash="h", now=now, do=stream)
    assert IdempotencyKey.objects.count() == 0


def test_a_visitor_without_a_session_is_known_by_the_browser() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrf"] = "c" * 32
    token = {"csrfmiddlewaretoken": "c" * 32}
    assert send(client, **token)["Location"] == "/order/1/"
    assert send(client, **token)["Idempotent-Replay"] == "true"


def test_every_rendering_of_a_form_has_its_own_key() -> None:
    template = engines["django"].from_string("{% load idempotency %}{% idempotency_key %}")
    first, second = template.render({}), template.render({})
    assert first.startswith('<input type="hidden" name="idempotency_key" value="')
    assert first != second


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run in so many threads at once; the results in any order."""
    barrier, results = threading.Barrier(count), []

    def run(number: int) -> None:
        barrier.wait()
        try:
            results.append(work(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_take_effect_once_and_all_get_the_same_answer(rosa: User) -> None:
    clients = [Client(raise_request_exception=False) for _ in range(10)]
    for client in clients:
        client.force_login(rosa)
    answers = at_once(10, lambda number: send(clients[number]))
    assert [answer.status_code for answer in answers] == [302] * 10
    assert {answer["Location"] for answer in answers} == {"/order/1/"}
    assert [answer.get("Idempotent-Replay") for answer in answers].count(None) == 1
    assert orders() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_after_a_crash_take_effect_once(rosas: Client, rosa: User) -> None:
    hold(rosas, rosa, for_seconds=-1)
    clients = [Client(raise_request_exception=False) for _ in range(10)]
    for client in clients:
        client.force_login(rosa)
    answers = at_once(10, lambda number: send(clients[number]))
    assert [answer.status_code for answer in answers] == [302] * 10
    assert orders() == 1
