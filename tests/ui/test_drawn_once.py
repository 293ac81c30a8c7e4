"""Components drawn once a process: the same content is the same drawing, and nobody's gets in."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.template import Context, Engine, Template
from django.template.loader import get_template
from django.test import Client
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe

from aliquot.accounts.models import User
from aliquot.ui.templatetags import components
from aliquot.ui.templatetags.components import DRAWN_ONCE
from tests.factories.catalog import provider

BADGE = '{% include "ui/badge.html" with text=text kind=kind icon="" only %}'


def badge(text: Any, kind: Any = "brand", *, template: str = BADGE) -> str:
    return Template(template).render(Context({"text": text, "kind": kind})).strip()


def drawings(draw: Callable[[], object]) -> int:
    """How many times the memory had to draw."""
    before = components._drawn.cache_info().misses
    draw()
    return components._drawn.cache_info().misses - before


def test_the_same_content_is_drawn_once_and_other_content_anew() -> None:
    assert drawings(lambda: [badge("Once"), badge("Once"), badge("O" + "nce")]) == 1
    assert drawings(lambda: [badge("Twice"), badge("Twice", "success")]) == 2
    assert badge("Once") == '<span class="badge badge--brand">Once</span>'


def test_what_compares_equal_but_looks_different_is_told_apart() -> None:
    assert "&lt;b&gt;" in badge("<b>")
    assert "<b>" in badge(mark_safe("<b>"))
    assert "&lt;b&gt;" in badge("<b>")
    shown = [badge(each) for each in (1, True, Decimal(1), Decimal("1.0"), "1")]
    assert [re.sub("<[^>]*>", "", each) for each in shown] == ["1", "True", "1", "1.0", "1"]


def test_a_small_component_is_drawn_once_for_its_words_and_escapes_them() -> None:
    words = {"type": "radio", "id": "q-1.a", "token": "a", "name_prefix": "q-1", "text": "<b> & c"}
    before = components.drawn.cache_info().misses
    plain = [components.drawn(BY_A_TAG, **words, is_chosen=False) for _ in range(2)]
    chosen = components.drawn(BY_A_TAG, **words, is_chosen=True)
    assert components.drawn.cache_info().misses - before == 2
    assert plain[0] == plain[1]
    assert chosen.replace(" checked", "") == plain[0]
    assert "<b>" not in chosen


@dataclass
class _Thing:
    name: str
    inner: list[dict[str, str]]

    def __str__(self) -> str:
        return f"{self.name}: {self.inner[0]['of']}"


def test_what_can_change_is_compared_by_what_is_in_it_now() -> None:
    thing = _Thing("tube", [{"of": "serum"}])
    assert "tube: serum" in badge(thing)
    thing.inner[0]["of"] = "plasma"
    assert "tube: plasma" in badge(thing)
    assert drawings(lambda: badge(_Thing("tube", [{"of": "plasma"}]))) == 0


def test_what_cannot_be_compared_by_content_is_drawn_every_time() -> None:
    class Person:
        name = "Rosa"

        def __str__(self) -> str:
            return self.name

    person = Person()
    assert "Rosa" in badge(person)
    person.name = "Stella"
    assert "Stella" in badge(person)
    assert drawings(lambda: [badge(lazystr("lazy")), badge(lazystr("lazy"))]) == 0


def test_a_text_without_escaping_is_not_taken_for_one_with_it() -> None:
    plain = "{% autoescape off %}" + BADGE + "{% endautoescape %}"
    assert "A &amp; B" in badge("A & B")
    assert "A & B" in badge("A & B", template=plain)
    assert "A &amp; B" in badge("A & B")


OF_A_VISITOR = {"request", "user", "perms", "messages", "csrf_token", "csp_nonce", "provider"}
OF_A_MOMENT = {"now", "querystring", "idempotency_key", "date", "time", "timesince", "timeuntil"}
INCLUDED = re.compile(r'{% include "([^"]+)"')


BY_A_TAG = "ui/question/_option.html"


@pytest.mark.parametrize("name", [*sorted(DRAWN_ONCE), BY_A_TAG])
def test_a_component_drawn_once_asks_for_nothing_but_its_parameters(name: str) -> None:
    assert _names_in(name) & (OF_A_VISITOR | OF_A_MOMENT) == set()


def _names_in(template: str) -> set[str]:
    """Every name in the tags of a template and of what it includes, quoted words left out."""
    source = Path(Engine.get_default().get_template(template).origin.name).read_text()
    source = re.sub("{% comment %}.*?{% endcomment %}", "", source, flags=re.DOTALL)
    tags = re.findall("{[{%].*?[%}]}", source)
    found = {name for tag in tags for name in re.findall("[a-z_]+", re.sub('"[^"]*"', "", tag))}
    return found.union(*map(_names_in, INCLUDED.findall(source)))


@pytest.mark.django_db
def test_one_visitor_s_frame_never_shows_in_another_s(
    client: Client, rosa: User, stella: User
) -> None:
    provider()
    stranger = Client()
    client.force_login(rosa)
    own = client.get("/learning/").text
    assert own.count('href="/learning/" aria-current="true"') == 2
    assert "Sign in" not in own
    assert rosa.full_name in own
    foreign = stranger.get("/verify/").text
    assert ("My learning" in foreign, "Sign in" in foreign) == (False, True)
    assert "aria-current" not in foreign
    assert rosa.full_name not in foreign
    client.force_login(stella)
    text = client.get("/learning/").text
    assert (rosa.full_name in text, stella.full_name in text) == (False, True)
    tokens = [re.findall(r'csrfmiddlewaretoken" value="(\w+)"', each) for each in (own, text)]
    assert set(tokens[0]).isdisjoint(tokens[1])


@pytest.mark.django_db
def test_colors_and_the_provider_s_name_follow_at_once(client: Client, rosa: User) -> None:
    def pressed() -> list[str]:
        return re.findall(r'value="(\w+)" aria-pressed="true"', client.get("/verify/").text)

    assert pressed() == ["system"]
    client.post("/theme/", {"theme": "dark"})
    assert pressed() == ["dark"]
    client.post("/theme/", {"theme": "system"})
    assert pressed() == ["system"]
    assert "<span>Aliquot</span></a>" in client.get("/verify/").text
    with patch("aliquot.ui.context.current_provider", return_value=provider(name="Lab & Sons")):
        assert "<span>Lab &amp; Sons</span></a>" in client.get("/verify/").text
    assert get_template("ui/_brand.html").render({"name": "Other"}).count("Other") == 1
