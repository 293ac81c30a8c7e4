"""A small site for the tests of the plumbing: views with deeds, pages and refusals."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import engines
from django.urls import path

from aliquot.infra import cache, limits
from aliquot.infra.anonymous_pages import anonymous_page
from aliquot.infra.idempotency import idempotent
from aliquot.infra.models import Generation
from aliquot.lib.errors import AliquotError, ConflictError, NotAllowedError, NotFoundError

rendered: list[str] = []

PAGE = """<script nonce="{{ csp_nonce }}" src="/x.js"></script>
<form method="post">{% csrf_token %}{% load idempotency %}{% idempotency_key %}</form>
<p>{{ words }}</p>"""


@idempotent
def order(request: HttpRequest) -> HttpResponse:
    """Adds one to a number; refuses or fails when told to, after having written."""
    wish = request.POST.get("wish", "")
    row, _ = Generation.objects.get_or_create(name=f"orders {wish}", defaults={"number": 0})
    row.number += 1
    row.save()
    if wish == "form again":
        return HttpResponse("wrong", status=422)
    if wish == "refuse":
        raise ConflictError("Sold out.")
    if wish == "break":
        raise RuntimeError("broken")
    if wish == "page":
        return HttpResponse(f"order {row.number}")
    return HttpResponseRedirect(f"/order/{row.number}/")


@idempotent
def order_json(request: HttpRequest) -> HttpResponse:
    """The same for clients that send JSON."""
    row, _ = Generation.objects.get_or_create(name="orders json", defaults={"number": 0})
    Generation.objects.filter(pk=row.pk).update(number=row.number + 1)
    return JsonResponse({"number": row.number + 1}, status=201)


@anonymous_page("catalog", "provider")
def page(request: HttpRequest) -> HttpResponse:
    """A page with everything that differs between visitors."""
    rendered.append(request.get_full_path())
    template = engines["django"].from_string(PAGE)
    return HttpResponse(template.render({"words": len(rendered)}, request))


@anonymous_page("catalog")
def greeting(request: HttpRequest) -> HttpResponse:
    """A page that sets a cookie of its own."""
    rendered.append(request.get_full_path())
    response = HttpResponse("hello")
    response.set_cookie("seen", "1")
    return response


@anonymous_page("catalog")
def missing(request: HttpRequest) -> HttpResponse:
    """A page that is not there."""
    rendered.append(request.get_full_path())
    return HttpResponse("no", status=404)


def raising(request: HttpRequest, name: str) -> HttpResponse:
    """Raises what the address names."""
    refusals = {
        "not-found": NotFoundError("Enrollment 17 belongs to Stella."),
        "not-allowed": NotAllowedError("Only an administrator may do this."),
        "conflict": ConflictError("The course is retired."),
        "refused": AliquotError("The date lies in the past."),
        "too-many": limits.TooManyRequestsError(retry_after=42),
    }
    raise refusals.get(name, RuntimeError(name))


def plain(request: HttpRequest) -> HttpResponse:
    """A page that asks who is there."""
    return HttpResponse(f"{request.user.is_authenticated}")


def publish(request: HttpRequest) -> HttpResponse:
    """Raises the generation of the catalog."""
    cache.raise_generation("catalog")
    return HttpResponse("published")


urlpatterns = [
    path("order/", order),
    path("order.json", order_json),
    path("page/", page),
    path("greeting/", greeting),
    path("missing/", missing),
    path("raise/<slug:name>/", raising),
    path("plain/", plain),
    path("publish/", publish),
]


def plain_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return HttpResponse("not here", status=404)


def plain_refusal(request: HttpRequest, *, status: int, message: str) -> HttpResponse:
    """Whatever a deed refused."""
    return HttpResponse(message, status=status)


handler404 = plain_not_found
handler_refusal = "tests.infra.sample_site.plain_refusal"
