"""What every page of learning starts with: one's own enrollment, and one's own clock."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from aliquot.infra import clock
from aliquot.infra.http import passes
from aliquot.infra.http.sessions import judge
from aliquot.learning import access
from aliquot.learning.models import Enrollment
from aliquot.lib.errors import NotFoundError
from aliquot.web.own import reader

type OwnView[**Rest] = Callable[Concatenate[HttpRequest, Enrollment, Rest], HttpResponse]


def own_enrollment[**Rest](view: OwnView[Rest]) -> Callable[..., HttpResponse]:
    """Give a view the enrollment of the address, if it is one's own; else 404, absent or not.

    Whatever the view cannot find is a 404, too.
    """

    def wrapped(
        request: HttpRequest, enrollment_id: int, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponse:
        try:
            enrollment = access.enrollment_for(reader(request), enrollment_id)
            return view(request, enrollment, *args, **kwargs)
        except NotFoundError as error:
            raise Http404(error.message) from error

    update_wrapper(wrapped, view)
    return login_required(wrapped)


def saved_with_pass[**Rest](view: OwnView[Rest]) -> Callable[..., HttpResponse]:
    """Give a saving view the enrollment by the pass of its page, else by the session.

    By the pass it is no more than its ids, with its version: no session, no person and no course
    are read. It must be this enrollment's; whether the row still exists, the save itself finds out.
    """

    def by_pass(
        request: HttpRequest, enrollment_id: int, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponse:
        ids = passes.read(request, 3)
        if ids is None or ids[0] != enrollment_id:
            return by_session(request, enrollment_id, *args, **kwargs)
        try:
            return view(request, access.enrollment_by_ids(*ids), *args, **kwargs)
        except NotFoundError as error:
            raise Http404(error.message) from error

    @csrf_protect
    def by_session(
        request: HttpRequest, enrollment_id: int, *args: Rest.args, **kwargs: Rest.kwargs
    ) -> HttpResponse:
        if passes.HEADER in request.headers:  # the middleware left it to us
            judge(request, now=clock.now())
        return own_enrollment(view)(request, enrollment_id, *args, **kwargs)

    update_wrapper(by_pass, view)
    return passes.opens_with_pass(csrf_exempt(by_pass))


def pass_for(request: HttpRequest, enrollment: Enrollment) -> str:
    """What lets the page save for this enrollment for a while."""
    ids = (enrollment.pk, enrollment.person_id, enrollment.version_id)
    return passes.issue(request, *ids)
