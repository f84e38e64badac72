"""Pages of uploads: hand in, mend, save, undo. Everything here is the sending organisation's own."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.lists import ListAddress, made_at
from core.text import number_or_none
from core.workbook import Workbook, download
from intake import queries
from intake.filters import UploadFilter
from intake.forms import LotForm
from intake.models import Kind, Upload
from intake.queries import pages
from intake.queries.limits import limits
from intake.queries.sheets import upload_sheet
from intake.services import answer, chunks, commit, receive, repair, templates
from suppliers import access
from suppliers.access import Person, PersonRequest
from suppliers.queries.partners import partners

ROWS_A_PAGE = 20
# Kind and stage of a file that answers a data request: its sender came here from what is asked for.
ASKED_FOR = {
    "outgoing": (Kind.INSPECTIONS, "outgoing"),
    "incoming": (Kind.INSPECTIONS, "incoming"),
    **{kind: (Kind(kind), "") for kind in ("measurements", "stock", "movements", "deliveries", "returns")},
}
SENDER = settings.BASE_DIR / "sender" / "tongpin_sender.py"
OWN_ADDRESS = 'SERVER = "http://127.0.0.1:8000"'
View = Callable[..., HttpResponseBase]


def for_senders(view: View) -> View:
    """Open a page to people who may hand in files; what is not theirs answers like what is not there."""

    @wraps(view)
    @login_required
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.person is None or not request.person.may_upload:
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        except receive.NotYours as stranger:
            raise Http404 from stranger

    return guarded


def _who(request: PersonRequest) -> Person:
    """The person that `for_senders` let in."""
    assert request.person is not None
    return request.person


def _upload(pk: int) -> Upload:
    upload = queries.upload_or_none(pk)
    if upload is None:
        raise Http404
    return upload


@require_GET
@for_senders
def upload_list(request: PersonRequest) -> HttpResponseBase:
    """Hand in files, and see what became of those before."""
    filtered = UploadFilter(request.GET, queryset=queries.uploads_to_list()).qs
    asked = ListAddress.read(request, "uploads")
    waiting = asked.chosen("waiting") == "true"
    if request.GET.get("as") == "xlsx":
        book = Workbook(_("Your files"), made_at(asked.address()), [upload_sheet(filtered)])
        return download(book, day=clock.today_here())
    shown = Paginator(filtered, ROWS_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    page = {
        "title": _("Files that wait for you") if waiting else _("Your files"),
        "all_url": reverse("uploads") if asked.kept("send") else "",
        "files": [pages.file_row(upload) for upload in shown],
        "pages": shown,
        "query": f"{query.urlencode()}&" if query else "",
        "limits": limits(),
        "send": request.GET.get("send") if request.GET.get("send") in ASKED_FOR else "",
        "sent_word": _sent_word(request.GET.get("send")),
        "templates": [
            {"label": str(kind.label), "url": reverse("upload-template", args=[kind.value])} for kind in Kind
        ],
        "empty_title": _("No file waits for you") if waiting else _("No files yet"),
        "empty_text": _("Send the sheet you use every day; it is shown before anything is saved."),
        "sample_url": reverse("upload-template", args=[Kind.INSPECTIONS]),
        "sample": _("A sample to fill in"),
    }
    context = {"page": page, "export_url": asked.address(**{"as": "xlsx"})}
    return render(request, "intake/uploads.html", context)


def _sent_word(asked_for: str | None) -> str:
    """Say as what a file will be read that answers a data request."""
    if asked_for not in ASKED_FOR:
        return ""
    kind, stage = ASKED_FOR[asked_for]
    words = {"outgoing": _("outgoing inspections"), "incoming": _("incoming inspections")}
    return words.get(stage) or str(kind.label)


@require_http_methods(["GET", "POST"])
@for_senders
def upload_new(request: PersonRequest) -> HttpResponse:
    """Take files or pasted cells in; nothing is saved before its sender has looked."""
    if request.method == "GET":
        return HttpResponseRedirect(reverse("uploads"))
    kind, stage = ASKED_FOR.get(request.POST.get("send", ""), ("", ""))
    rest: dict[str, Any] = {
        "person": _who(request),
        "asked": receive.Asked(kind=str(kind), stage=stage, dry_run=True),
        "now": clock.now(),
    }
    repairs = request.POST.get("repairs", "")
    repairs_id = number_or_none(repairs)
    taken = [
        receive.receive_file(
            content=cast("BinaryIO", file), file_name=file.name or "", repairs_id=repairs_id, **rest
        )
        for file in request.FILES.getlist("files")
    ]
    for named in request.POST.getlist("chunked"):  # the bytes came before, in chunks
        file = chunks.files_of(_who(request)).filter(pk=number_or_none(named)).first()
        if file is None:
            raise Http404
        try:
            taken.append(chunks.finish(file=file, repairs_id=repairs_id, **rest))
        except (chunks.Incomplete, chunks.OtherBytes):
            return HttpResponse(status=409)
    if text := request.POST.get("pasted", "").strip("\r\n"):
        taken.append(receive.receive_paste(text=text, file_name=f"{_('Pasted cells')}.txt", **rest))
    if "HX-Request" in request.headers:
        rows = [{"file": pages.file_row(_upload(upload.pk))} for upload in taken]
        return HttpResponse("".join(_render_row(request, row) for row in rows))
    only = len(taken) == 1
    return HttpResponseRedirect(reverse("upload", args=[taken[0].pk]) if only else reverse("uploads"))


def _render_row(request: PersonRequest, row: dict[str, Any]) -> str:
    return render(request, "intake/_file.html", row).content.decode()


@require_GET
@for_senders
def upload_row(request: PersonRequest, pk: int) -> HttpResponse:
    """Return one row of the list, which asks for itself while work goes on."""
    return render(request, "intake/_file.html", {"file": pages.file_row(_upload(pk))})


@require_GET
@for_senders
def upload_detail(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what was understood of a file, what is to be mended, and what comes of its rows."""
    return _shown(request, _upload(pk))


def _shown(request: PersonRequest, upload: Upload) -> HttpResponse:
    part_only = "HX-Request" in request.headers
    template = "intake/_mend.html" if part_only else "intake/upload.html"
    fresh = _upload(upload.pk)
    context = {"upload": pages.upload_page(fresh), "file": pages.file_row(fresh), "part": part_only}
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _after(request: PersonRequest, upload: Upload) -> HttpResponse:
    """Show the file anew: in place where the page asked for a part, else by its address."""
    if request.headers.get("HX-Target") == f"upload-{upload.pk}":  # answered in its row of the list
        return render(request, "intake/_file.html", {"file": pages.file_row(_upload(upload.pk))})
    if "HX-Request" in request.headers:
        return _shown(request, upload)
    return HttpResponseRedirect(reverse("upload", args=[upload.pk]))


def _answered(request: PersonRequest, pk: int, **told: Any) -> HttpResponse:
    upload = _upload(pk)
    try:
        answer.answer(upload_id=pk, person=_who(request), now=clock.now(), **told)
    except answer.NotAnAnswer as unfit:
        raise Http404 from unfit
    except answer.NotYoursToReplace as theirs:
        page = pages.upload_page(_upload(pk)) | {"lead": pages.why_not(theirs.rule)}
        return render(request, "intake/upload.html", {"upload": page}, status=409)
    except answer.NotReady:
        pass  # somebody else answered, or a worker has it: what is shown now says so
    return _after(request, upload)


@require_POST
@for_senders
def upload_kind(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what a file holds, if it was taken for something else."""
    return _answered(request, pk, kind=request.POST.get("kind", ""))


@require_POST
@for_senders
def upload_mapping(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what a column means; it is remembered for files of the same headers."""
    told = _upload(pk).understanding.get("tables", [])
    number, letter = request.POST.get("sheet", ""), request.POST.get("column", "")
    for table in told:
        for column in table["columns"]:
            if str(table["number"]) == number and column["letter"] == letter:
                name = column["header"] or letter
                return _answered(request, pk, columns={name: request.POST.get("field", "")})
    raise Http404


@require_POST
@for_senders
def upload_mend(request: PersonRequest, pk: int) -> HttpResponse:
    """Mend one cell, answer for a name or a part, or choose in a conflict."""
    upload = _upload(pk)
    told = queries.what_a_remedy_says(upload, request.POST.get("problem", ""), request.POST.get("value", ""))
    if told is None:
        raise Http404
    if "constants" in told:
        told["remember_constants"] = "remember" in request.POST
    return _answered(request, pk, **told)


@require_POST
@for_senders
def upload_leave_out(request: PersonRequest, pk: int) -> HttpResponse:
    """Leave out the row of a problem that cannot be mended, or all rows with such problems."""
    named = request.POST.getlist("problem")
    told = queries.rows_of_problems(_upload(pk), named, alike="alike" in request.POST)
    if told is None:
        raise Http404
    return _answered(request, pk, **told)


@require_POST
@for_senders
def upload_take_in(request: PersonRequest, pk: int) -> HttpResponse:
    """Take rows in again that somebody left out."""
    number = number_or_none(request.POST.get("number", ""))
    if number is None:
        raise Http404
    return _answered(request, pk, taken_in=[number])


@require_POST
@for_senders
def upload_commit(request: PersonRequest, pk: int) -> HttpResponse:
    """Save all rows, or the faultless ones."""
    upload = _upload(pk)
    with suppress(commit.NotReady):  # what is shown then says what it is
        commit.commit(upload_id=pk, person=_who(request), now=clock.now(), partial="partial" in request.POST)
    return _after(request, upload)


@require_POST
@for_senders
def upload_undo(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a file's rows back."""
    upload = _upload(pk)
    try:
        commit.undo(upload_id=pk, person=_who(request), now=clock.now())
    except commit.NotReady:
        pass
    except commit.BuiltUpon as held:
        page = pages.upload_page(_upload(pk)) | {"lead": pages.why_held(held)}
        return render(request, "intake/upload.html", {"upload": page}, status=409)
    return _after(request, upload)


@require_GET
@for_senders
def upload_repair(request: PersonRequest, pk: int) -> HttpResponse:
    """Send the person's own workbook back, wrong cells marked."""
    upload = _upload(pk)
    try:
        content = repair.repair_workbook(upload)
    except repair.NothingToMend as nothing:
        raise Http404 from nothing
    return _workbook(content, repair.name_of(upload))


@require_GET
@for_senders
def upload_template(request: PersonRequest, kind: str) -> HttpResponse:
    """Send an empty sheet of a kind, with a drop-down for each coded column."""
    if kind not in Kind.values:
        raise Http404
    return _workbook(templates.template_for(Kind(kind)), f"{Kind(kind).label}.xlsx")


@require_GET
@for_senders
def upload_sender(request: PersonRequest) -> HttpResponse:
    """Send the program that hands in a folder's files by itself, with our address filled in."""
    source = SENDER.read_text("utf-8").replace(OWN_ADDRESS, f'SERVER = "{settings.SITE_URL}"', 1)
    response = HttpResponse(source, content_type="text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{SENDER.name}"'
    return response


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=repair.XLSX)
    response.headers["Content-Disposition"] = repair.attachment(name)
    return response


@require_http_methods(["GET", "POST"])
@for_senders
def upload_lot(request: PersonRequest) -> HttpResponse:
    """Enter one lot by hand."""
    mine = _who(request).organisation_id
    open_to = [
        one
        for one in partners(access.partnerships_to_fill(_who(request)))
        if one.customer_id != one.supplier_id
    ]
    names = [
        (one.partnership_id, one.supplier_shown if one.customer_id == mine else one.customer_shown)
        for one in open_to
    ]
    form = LotForm(request.POST or None, partners=names, zone=_who(request).organisation.zone)
    if request.method == "POST" and form.is_valid():
        asked = receive.Asked(
            kind=Kind.INSPECTIONS, partnership_id=form.cleaned_data["partnership"], dry_run=True
        )
        upload = receive.receive_rows(
            rows=[form.row()],
            file_name=f"{form.cleaned_data['lot_no']}.csv",
            person=_who(request),
            asked=asked,
            now=clock.now(),
        )
        return HttpResponseRedirect(reverse("upload", args=[upload.pk]))
    return render(request, "intake/lot.html", {"form": form})
