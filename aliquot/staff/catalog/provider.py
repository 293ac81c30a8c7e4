"""The provider's settings: what pages and certificates say of who publishes here."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from aliquot.accounts import access
from aliquot.catalog.models import Provider
from aliquot.catalog.queries import current_provider
from aliquot.catalog.services import save_provider
from aliquot.infra import apart, clock, storage
from aliquot.infra.idempotency import idempotent
from aliquot.infra.models import StoredFile
from aliquot.staff.frame import FormPage, posted, run_form, staff_of
from aliquot.staff.gate import staff_page
from aliquot.ui import contrast

SECTION = "staff:provider"
LARGEST_PICTURE = 1024 * 1024
LONGEST_SIDE = 4000
PICTURES = ("logo", "signature")
PLAIN = (
    "name",
    "address",
    "provider_number",
    "contact_email",
    "administrator_name",
    "administrator_title",
    "credit_interval_months",
    "accent_color",
)


class PngField(forms.FileField):
    """A PNG picture of at most 1 MB, judged by its content; its name is not looked at."""

    widget = forms.FileInput(attrs={"accept": "image/png"})

    def clean(self, data: Any, initial: Any = None) -> bytes | None:
        """The bytes of the picture, or None when none was chosen."""
        found: UploadedFile[bytes] | None = super().clean(data, initial)
        if not found:
            return None
        if (found.size or 0) > LARGEST_PICTURE:
            raise forms.ValidationError("This file is too large. Choose a PNG of at most 1 MB.")
        content: bytes = found.read()
        if storage.media_type_of(content) != "image/png":
            raise forms.ValidationError("This is not a PNG picture. Choose a PNG file.")
        try:
            redrawn = apart.redrawn_png(content, longest_side=LONGEST_SIDE)
        except apart.StoppedError:
            redrawn = None
        if redrawn is None:
            raise forms.ValidationError(
                f"This PNG is damaged or larger than {LONGEST_SIDE:,} pixels a side. "
                "Save it again and choose it once more."
            )
        return redrawn


class ProviderForm(forms.Form):
    """Who publishes here."""

    name = forms.CharField(max_length=200)
    address = forms.CharField(
        max_length=500, widget=forms.Textarea, help_text="As certificates print it."
    )
    provider_number = forms.CharField(
        max_length=40, required=False, help_text="Where an accreditor gave you one."
    )
    contact_email = forms.EmailField(label="E-mail address for questions")
    administrator_name = forms.CharField(
        label="Program administrator", max_length=200, help_text="Signs the certificates."
    )
    administrator_title = forms.CharField(label="Title of the administrator", max_length=200)
    credit_interval_months = forms.IntegerField(
        label="Months before a course earns credit again",
        min_value=0,
        max_value=120,
        help_text="Check with your accreditor.",
    )
    accent_color = forms.CharField(
        max_length=7,
        required=False,
        help_text="Written as #4b2e83. Where it is too pale or too dark to read, "
        "we shift it until it has a contrast of 4.5 : 1.",
    )
    logo = PngField(required=False, help_text="PNG, at most 1 MB.")
    remove_logo = forms.BooleanField(required=False, label="Remove the present logo")
    signature = PngField(
        required=False,
        label="Signature of the administrator",
        help_text="PNG, at most 1 MB, best on a transparent ground.",
    )
    remove_signature = forms.BooleanField(required=False, label="Remove the present signature")

    def __init__(self, *args: Any, provider: Provider | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PICTURES:
            if provider is None or getattr(provider, name) is None:
                del self.fields[f"remove_{name}"]

    def clean_accent_color(self) -> str:
        """A color as #rrggbb, or nothing for the standard one."""
        color = str(self.cleaned_data["accent_color"]).strip().lower()
        if color and not contrast.is_color(color):
            raise forms.ValidationError("Write the color as # and six digits, such as #4b2e83.")
        return color


@staff_page(access.can_administer)
@require_http_methods(["GET", "POST"])
@idempotent
def provider(request: HttpRequest) -> HttpResponse:
    """Show and change the provider's settings. Certificates issued before do not change."""
    present = Provider.objects.select_related("logo", "signature").order_by("pk").first()

    def do(answers: dict[str, Any]) -> str:
        fields = {name: answers[name] for name in PLAIN}
        save_provider(actor_id=staff_of(request).pk, **fields, **_pictures(answers))
        messages.success(request, "The provider's settings are saved.")
        return reverse(SECTION)

    initial = {name: getattr(present, name) for name in PLAIN} if present else {}
    form = ProviderForm(
        posted(request),
        request.FILES or None,
        provider=present,
        initial={"credit_interval_months": 12, **initial},
    )
    page = FormPage(
        title="Provider",
        submit="Save provider",
        back=reverse("staff:home"),
        lead="What pages and new certificates say about who publishes here.",
        section=SECTION,
        extra={"provider_now": present, "colors": _colors(present)},
        template="catalog/provider.html",
    )
    return run_form(request, page=page, form=form, do=do)


def _pictures(answers: dict[str, Any]) -> dict[str, StoredFile | None]:
    """The pictures that change: a new one is stored, a removed one is forgotten."""
    changed: dict[str, StoredFile | None] = {}
    for name in PICTURES:
        content = answers[name]
        if content is not None:
            changed[name] = storage.store(content, media_type="image/png", now=clock.now())
        elif answers.get(f"remove_{name}"):
            changed[name] = None
    return changed


def _colors(provider: Provider | None) -> list[dict[str, str]]:
    """How the accent is used in either theme, with its contrast, for checking by eye."""
    if provider is None or not contrast.is_color(provider.accent_color):
        return []
    used = contrast.accent(provider.accent_color)
    return [
        {
            "theme": theme,
            "color": color,
            "ratio": f"{contrast.contrast(color, paper):.1f}",
            "shifted": "" if color.lower() == provider.accent_color.lower() else "shifted",
        }
        for theme, color, paper in (
            ("Light theme", used.light, contrast.PAPER_LIGHT),
            ("Dark theme", used.dark, contrast.PAPER_DARK),
        )
    ]


@staff_page(access.can_administer)
@require_safe
def provider_picture(request: HttpRequest, name: str) -> HttpResponse:
    """The logo or the signature as it is now: a PNG that was checked when it came in."""
    present = current_provider()
    file: StoredFile | None = getattr(present, name, None) if name in PICTURES else None
    if file is None or file.media_type != "image/png":
        raise Http404
    return HttpResponse(storage.read(file), content_type="image/png")
