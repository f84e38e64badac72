"""The end of a subscription by the link in a mail (RFC 8058): no login, no cookie, no redirect."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from insight.queries.subscriptions import has_left, subscription_of_token
from insight.services.subscriptions import unsubscribe


@csrf_exempt  # the mail program that posts has no token of ours; the address itself is the key
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button on GET, since scanners of mail follow links; end it on POST, as often as it comes."""
    there = unsubscribe(token=token) if request.method == "POST" else subscription_of_token(token) is not None
    if not there:
        raise Http404
    done = request.method == "POST" or has_left(token)
    return render(request, "insight/unsubscribe.html", {"done": done})
