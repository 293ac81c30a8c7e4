"""The cart: a thing goes in, its number changes, it goes out. A visitor signs in and comes back."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from aliquot.catalog.models import Course
from aliquot.commerce import access, queries, services
from aliquot.commerce.errors import NotForSaleError
from aliquot.commerce.models import CartItem, Product
from aliquot.commerce.queries import OnSale
from aliquot.infra import clock
from aliquot.lib.money import Money
from aliquot.web.own import reader
from aliquot.web.shop.already import already_words
from aliquot.web.shop.words import per_words


@dataclass(frozen=True, slots=True)
class Line:
    """A thing in the cart as the page shows it; ``unit`` None: no longer sold."""

    item: CartItem
    title: str
    per: str
    unit: Money | None
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address or a form asks to buy, if it is on sale."""

    offered: OnSale
    course: Course | None
    quantity: int

    @property
    def title(self) -> str:
        """Product, and the course where one is chosen."""
        return queries.title_of(self.offered.product.title, self.course)

    @property
    def thing(self) -> tuple[Product, Course | None]:
        """What it is, without its number."""
        return self.offered.product, self.course or self.offered.product.course

    def amount(self, now: datetime) -> Money:
        """The price of all of it, before tax."""
        return self.offered.unit_for(self.quantity, now=now) * self.quantity


def read_wish(said: QueryDict, *, now: datetime) -> Wanted | None:
    """The wish in an address or a form; None when there is none or it is not on sale."""
    offered = queries.product_on_sale(said.get("product", ""), now=now)
    if offered is None:
        return None
    course = None
    if said.get("course"):
        rows = Course.objects.filter(code=said["course"]).select_related("current_version")
        course = rows.first()
    return Wanted(offered, course, _number(said.get("quantity", "1")))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


@login_required
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """What is in it, each with its price; a wish that came with the address stands on top."""
    return show_cart(request)


def show_cart(
    request: HttpRequest, *, typed: str = "", code_error: str = "", status: int = 200
) -> HttpResponse:
    """The page of the cart, also with a code that was refused."""
    now = clock.now()
    lines = _lines(request, now)
    amounts = [line.amount for line in lines if line.amount is not None]
    wish = read_wish(request.GET, now=now)
    own = [line.item for line in lines if line.unit is not None and not line.item.gift_to]
    person = reader(request)
    context = {
        "lines": lines,
        "already": already_words(
            person, [(item.product, item.course or item.product.course) for item in own], now=now
        ),
        "wish_already": already_words(person, [wish.thing], now=now) if wish else [],
        "subtotal": Money.total(amounts, amounts[0].currency) if amounts else None,
        "is_sound": bool(lines) and len(amounts) == len(lines),
        "wish": wish,
        "wish_amount": wish.amount(now) if wish and wish.quantity else None,
        "code": queries.cart_code(person),
        "typed": typed,
        "code_error": code_error,
    }
    return render(request, "web/shop/cart.html", context, status=status)


def _lines(request: HttpRequest, now: datetime) -> list[Line]:
    return [
        Line(
            item=line.item,
            title=line.title,
            per=per_words(line.item.product),
            unit=line.unit,
            amount=line.amount,
        )
        for line in queries.priced_cart(reader(request), now=now)
    ]


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a thing in and go on to pay, or to the cart; a visitor signs in first."""
    said = request.POST
    if not request.user.is_authenticated:
        wish = {name: said[name] for name in ("product", "course", "quantity") if said.get(name)}
        after = f"{reverse('shop:cart')}?{urlencode(wish)}"
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': after})}")
    now = clock.now()
    wanted = read_wish(said, now=now)
    if wanted is None:
        messages.error(request, "That is not sold any more. This is what there is.")
        return redirect("shop:pricing")
    try:
        services.add_to_cart(
            person=reader(request),
            product=wanted.offered.product,
            course=wanted.course,
            quantity=wanted.quantity,
            now=now,
        )
    except NotForSaleError as refusal:
        messages.error(request, refusal.message)
        return redirect("shop:cart")
    return redirect("shop:cart" if said.get("then") == "cart" else "shop:checkout")


@login_required
@require_POST
def change(request: HttpRequest, item_id: int) -> HttpResponse:
    """Another number of seats."""
    item = access.cart_item_for(reader(request), item_id)
    try:
        services.set_cart_quantity(
            item=item, quantity=_number(request.POST.get("quantity", "")), now=clock.now()
        )
    except NotForSaleError as refusal:
        messages.error(request, refusal.message)
    return redirect("shop:cart")


@login_required
@require_POST
def remove(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take a thing out; one that is out already stays out."""
    item = access.cart_item_for(reader(request), item_id)
    services.remove_from_cart(item=item, now=clock.now())
    messages.success(request, f"“{item.product.title}” is out of your cart.")
    return redirect("shop:cart")


urlpatterns = [
    path("cart/", cart, name="cart"),
    path("cart/add/", add, name="cart_add"),
    path("cart/<int:item_id>/", change, name="cart_change"),
    path("cart/<int:item_id>/remove/", remove, name="cart_remove"),
]
