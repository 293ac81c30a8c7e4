"""Filters of the question templates: short Markdown, and what belongs to one option."""

import functools
import html
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from aliquot.lib import markdown
from aliquot.ui.templatetags.components import drawn

register = template.Library()

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_NO_SENTENCE = re.compile(r"(\||[-*+] |\d+[.)] |>|#|:::|    )")
_TAG = re.compile(r"<[^>]*>")
CHOICES = "#choices-of-the-line"
MATCHING = {"empty": "Choose an answer", "missed": "Not answered", "right": "Right"}
ORDERING = {"empty": "Place", "missed": "No place given", "right": "Right place"}


@functools.lru_cache(maxsize=512)
def split_stem(stem: str) -> tuple[str, str]:
    """What stands before the question itself (a case, a table), and the question.

    The last paragraph is the question; a stem that ends in a table or list has none.
    """
    *before, last = _BLANK_LINE.split(stem.strip())
    if _NO_SENTENCE.match(last):
        return stem.strip(), ""
    return "\n\n".join(before), last


@register.filter
def stem_context(stem: str) -> SafeString:
    """The paragraphs and tables before the question, as safe HTML."""
    return _blocks(split_stem(str(stem))[0])


@register.filter
def stem_question(stem: str) -> SafeString:
    """The question itself, fit for a legend."""
    return _phrase(split_stem(str(stem))[1])


@register.filter
def phrase(text: str) -> SafeString:
    """One line of Markdown (an option, a reason) as safe HTML without blocks."""
    return _phrase(str(text))


@register.filter
def words(text: str) -> str:
    """The words alone, for places that take no markup, such as the choices of a select."""
    return html.unescape(_TAG.sub("", _phrase(str(text)))).strip()


@functools.lru_cache(maxsize=4096)
def _phrase(text: str) -> SafeString:
    return mark_safe(markdown.render_inline(text)) if text else SafeString("")  # noqa: S308


@functools.lru_cache(maxsize=512)
def _blocks(text: str) -> SafeString:
    return mark_safe(markdown.render_text(text)) if text else SafeString("")  # noqa: S308


@register.filter
def at(mapping: object, key: object) -> Any:
    """The entry of a mapping under a variable key; empty when there is none."""
    return mapping.get(key, "") if isinstance(mapping, Mapping) else ""


@register.simple_tag(takes_context=True)
def options(context: Context, control: str) -> SafeString:
    """The options of ``question`` in the order of the form, each drawn once (``_option.html``)."""
    name_prefix, answer, feedback = (
        context["name_prefix"],
        context.get("answer"),
        context.get("feedback"),
    )
    said = {each.token: each for each in feedback.rows} if feedback else {}
    pieces = []
    for each in context["question"].parts["options"]:
        token = each["token"]
        row = said.get(token)
        pieces.append(
            drawn(
                "ui/question/_option.html",
                type=control,
                id=field_name(name_prefix, token),
                token=token,
                text=each["text"],
                name_prefix=name_prefix,
                is_chosen=chosen_in(token, answer),
                disabled=bool(context.get("disabled")),
                is_said=row is not None,
                mark=row.mark if row else "",
                reason=row.reason if row else "",
            )
        )
    return SafeString("".join(pieces))


@register.simple_tag(takes_context=True)
def pairing_rows(context: Context) -> SafeString:
    """The lines of a matching or an ordering, each drawn once but for the choices of its select:
    their order is each form's own.
    """
    parts, prefix, answer = context["parts"], context["name_prefix"], context.get("answer")
    feedback = context.get("feedback")
    is_place = "places" in parts
    lines = placed(parts["items"], answer) if is_place else parts["prompts"]
    offered = (
        [(each, each) for each in parts["places"]]
        if is_place
        else [
            (each["token"], f"{each['letter']}. {words(each['text'])}") for each in parts["answers"]
        ]
    )
    pieces = []
    for line in lines:
        said = row(feedback, line["token"])
        drawing = drawn(
            "ui/question/_pairing_row.html",
            id=field_name(prefix, line["token"]),
            text=line["text"],
            choices=CHOICES,
            is_place=is_place,
            disabled=bool(context.get("disabled")),
            is_said=said is not None,
            mark=said.mark if said else "",
            wanted=said.wanted if said else "",
            reason=said.reason if said else "",
            **(ORDERING if is_place else MATCHING),
        )
        given = at(answer, line["token"])
        pieces.append(drawing.replace(CHOICES, _choices(offered, given), 1))
    return SafeString("".join(pieces))


def _choices(offered: Iterable[tuple[str, str]], given: str) -> str:
    return "".join(
        drawn("ui/question/_choice.html", value=value, label=label, is_chosen=value == given)
        for value, label in offered
    )


@register.filter
def chosen_in(token: object, answer: object) -> bool:
    """Whether the answer is this option, or one of its options is."""
    return token in answer if isinstance(answer, list) else bool(answer) and token == answer


@register.filter
def field_name(prefix: object, token: object) -> str:
    """The name of one field of a question with several: what ``form_answer`` reads back."""
    return f"{prefix}.{token}"


@register.filter
def row(feedback: Any, token: object) -> Any:
    """What the feedback says of one option; None without feedback."""
    return feedback.row(str(token)) if feedback else None


@register.filter
def placed(items: list[dict[str, str]], answer: object) -> list[dict[str, str]]:
    """The items of an ordering by the places they were given; the others after, as shuffled."""
    given = answer if isinstance(answer, Mapping) else {}
    return sorted(items, key=lambda item: int(given.get(item["token"], len(items) + 1)))
