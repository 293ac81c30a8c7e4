"""The tag ``url``: worked out once, escaped and failing as the framework's own."""

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse


def drawn(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


def test_an_address_is_the_framework_s_with_and_without_arguments() -> None:
    for _ in range(2):
        assert drawn('{% url "catalog:list" %}') == reverse("catalog:list")
        shown = drawn('{% url "learning:player" one two %}', one=7, two="page-1")
        assert shown == reverse("learning:player", args=[7, "page-1"])
        named = drawn('{% url "learning:resume" enrollment_id=one as kept %}[{{ kept }}]', one=7)
        assert named == f"[{reverse('learning:resume', args=[7])}]"


def test_an_address_that_does_not_exist_fails_every_time() -> None:
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            drawn('{% url "learning:player" one %}', one=7)
        assert drawn('{% url "nowhere" as kept %}[{{ kept }}]') == "[]"
