"""Components show what they are given, for eyes and for assistive technology."""

import datetime
import re
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string

from aliquot.ui.devices import device_name
from aliquot.ui.templatetags.ui import tube


def render(text: str, **context: Any) -> str:
    return Template("{% load ui %}" + text).render(Context(context))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


BLOOD_BANK = {
    "area": "blood_bank",
    "needed": Decimal(2),
    "counted": Decimal("1.5"),
    "missing": Decimal("0.5"),
    "met": False,
}


def rack(*requirements: dict[str, Any]) -> str:
    return render_to_string("ui/rack.html", {"requirements": requirements})


def test_a_tube_says_its_name_its_count_and_what_is_missing() -> None:
    assert words(rack(BLOOD_BANK)) == "Blood bank 1.5 of 2 0.5 to go"


def test_a_full_tube_says_met() -> None:
    met = BLOOD_BANK | {"counted": "2", "missing": "0", "met": True}
    assert words(rack(met)) == "Blood bank 2 of 2 met"


def test_an_unknown_figure_is_never_drawn_as_a_number() -> None:
    html = rack({"area": "immunology", "needed": None, "counted": None, "missing": None})
    assert words(html) == "Immunology not known check with the body"
    assert "meter" not in html


def test_a_tube_is_a_meter_for_assistive_technology() -> None:
    html = rack(BLOOD_BANK)
    assert 'role="meter" aria-label="Blood bank"' in html
    assert 'aria-valuemax="2" aria-valuenow="1.5" aria-valuetext="1.5 of 2 points"' in html


@pytest.mark.parametrize(
    ("counted", "percent"), [("0", "0"), ("1.5", "75"), ("2", "100"), ("7", "100")]
)
def test_a_tube_is_filled_by_its_share_and_never_over_the_brim(counted: str, percent: str) -> None:
    made = tube(BLOOD_BANK | {"counted": counted})
    assert made.percent == percent
    assert bool(made.liquid) == (counted != "0")


def test_the_liquid_stays_inside_the_glass() -> None:
    for tenths in range(1, 21):
        made = tube(BLOOD_BANK | {"counted": Decimal(tenths) / 10})
        numbers = [float(x) for x in re.findall(r"-?\d+\.?\d*", made.liquid)]
        assert min(numbers) >= 0
        assert max(numbers) <= 168


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1.50", "1.5"), (Decimal("36.00"), "36"), (0, "0"), (1204, "1,204"), (None, "not known")],
)
def test_amounts_are_shown_in_their_shortest_form(value: object, shown: str) -> None:
    assert render("{{ value|amount }}", value=value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1, "1 point"), ("1.0", "1 point"), ("1.5", "1.5 points"), (0, "0 points"), ("", "not known")],
)
def test_units_follow_their_number(value: object, shown: str) -> None:
    assert render('{{ value|units:"point" }}', value=value) == shown


def test_dates_read_as_americans_write_them() -> None:
    day = datetime.date(2027, 6, 30)
    assert render("{{ day|long_date }}, {{ day|short_date }}", day=day) == (
        "June 30, 2027, Jun 30, 2027"
    )
    assert render("{{ day|long_date }}", day=None) == ""


def test_icons_are_silent_unless_labelled() -> None:
    assert 'aria-hidden="true"' in render('{% icon "check" %}')
    labelled = render('{% icon "check" label="Right" %}')
    assert 'role="img"' in labelled
    assert 'aria-label="Right"' in labelled
    assert "aria-hidden" not in labelled
    assert "style=" not in labelled


def test_an_icon_s_label_cannot_break_out_of_its_attribute() -> None:
    html = render('{% icon "check" label=label %}', label='"><script>')
    assert "<script>" not in html


class Sample(forms.Form):
    name = forms.CharField(label="Name as on your license", help_text="Exactly so.")
    known = forms.ChoiceField(
        label="First certified", choices=[("a", "Before 2004")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="I took this test myself.")
    note = forms.CharField(label="Comment", required=False)


def test_a_form_gives_each_field_its_label_hint_and_error() -> None:
    html = str(Sample({}))
    assert '<label class="field__label" for="id_name">Name as on your license</label>' in html
    assert 'id="id_name_helptext">Exactly so.' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert '<span class="field__optional">(optional)</span>' in html


def test_choices_stand_in_a_fieldset_with_a_legend() -> None:
    html = str(Sample())
    assert '<legend class="field__label">First certified</legend>' in html
    assert html.count("<fieldset") == 1


def test_the_error_summary_links_to_fields_and_names_them() -> None:
    html = render_to_string("ui/error_summary.html", {"form": Sample({})})
    assert '<a href="#id_name">Name as on your license: this field is required.</a>' in html
    assert "Comment" not in html
    assert 'tabindex="-1"' in html


def test_errors_of_the_whole_form_stand_in_the_form_and_in_the_summary() -> None:
    form = Sample({"name": "Rosa", "known": "a", "agree": "on"})
    form.is_valid()
    form.add_error(None, "The dates do not fit.")
    assert "The dates do not fit." in str(form)
    assert "The dates do not fit." in render_to_string("ui/error_summary.html", {"form": form})


def test_what_people_type_is_escaped_in_forms() -> None:
    html = str(Sample({"name": '"><script>alert(1)</script>'}))
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Linux"),
        ("curl/8", "Unknown device"),
    ],
)
def test_a_session_s_device_reads_as_people_call_it(agent: str, name: str) -> None:
    assert device_name(agent) == name


def test_a_card_links_once_and_says_hours_and_level() -> None:
    course = {
        "title": "Antibody Panels",
        "url": "/courses/antibody-panels/",
        "area": "blood_bank",
        "hours": Decimal("1.5"),
        "level": "Intermediate",
    }
    html = render_to_string("ui/course_card.html", {"course": course})
    assert words(html) == "Antibody Panels Blood bank 1.5 contact hours Intermediate"
    assert html.count("<a ") == 1


def test_an_outline_says_in_words_what_is_done_and_what_opens_later() -> None:
    items = [
        {"label": "Making a smear", "url": "/1", "state": "done", "minutes": 4},
        {"label": "Test", "url": "/2", "state": "locked"},
    ]
    html = render_to_string("ui/outline.html", {"groups": [{"title": "Pages", "items": items}]})
    assert words(html) == "Pages Making a smear (done) 4 min Test (opens later)"
    assert html.count("<a ") == 1
