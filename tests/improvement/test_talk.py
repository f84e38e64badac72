"""Comments and files: both sides see them, or one's own organisation alone, everywhere."""

import codecs
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from config.api import schema
from improvement import services
from improvement.models import Task, TaskAttachment, TaskComment
from outbox.models import Letter
from suppliers.access import looking_as
from tests.improvement.conftest import NOW

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SECRET = "内部底价三块五"


@pytest.fixture
def task(scene) -> Task:
    return scene.open_task()


def say(scene, task, who, text, **more) -> TaskComment:
    with looking_as(who):
        return services.add_comment(task_id=task.pk, text=text, by=who, now=NOW, **more)


def sent(name: str, content: bytes) -> services.Sent:
    return services.Sent(name, io.BytesIO(content), len(content))


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        for name in names:
            book.writestr(name, "x")
    return buffer.getvalue()


def of_a_later_version(archive: bytes) -> bytes:
    """Have every entry of a zip's directory ask for version 9.9 of a program that unpacks it."""
    head = b"PK\x01\x02"
    first, *entries = archive.split(head)
    return head.join([first, *(entry[:2] + (99).to_bytes(2, "little") + entry[4:] for entry in entries)])


@pytest.mark.parametrize("who", ["engineer", "clerk", "viewer", "guest", "other_buyer", "sibling"])
def test_what_is_kept_to_one_organisation_is_nowhere_to_be_seen_for_others(scene, task, who, enter):
    say(scene, task, scene.boss, "请双方确认")
    say(scene, task, scene.boss, SECRET, own_only=True, file=sent(f"{SECRET}.png", PNG))
    client = enter(getattr(scene, who))
    path = f"/api/v1/tasks/{task.pk}/"
    pages = [reverse("task", args=[task.pk]) + "?history", reverse("tasks")]
    told = [client.get(url).text for url in [*pages, path, f"{path}comments/", f"{path}attachments/"]]
    told.append(client.get(f"{path}history/").text)
    assert not any(SECRET in text for text in told)
    private = TaskAttachment._base_manager.get()
    assert client.get(reverse("task-attachment", args=[task.pk, private.pk])).status_code == 404
    assert client.get(f"{path}attachments/{private.pk}/").status_code == 404
    if who in {"engineer", "guest"}:
        assert client.get(path).json()["comment_count"] == 1
        events = client.get(f"{path}history/").json()["results"]
        assert [event["kind"] for event in events] == ["commented", "opened"]


def test_colleagues_see_what_is_kept_to_their_organisation(scene, task, enter):
    say(scene, task, scene.boss, SECRET, own_only=True)
    assert SECRET in enter(scene.buyer).get(reverse("task", args=[task.pk])).text
    assert not Letter.objects.filter(subject_key__contains="comment", to=scene.engineer.user.email).exists()
    assert Letter.objects.filter(subject_key__contains="comment", to=scene.buyer.user.email).exists()


def test_only_my_organisation_is_off_unless_it_is_chosen(scene, task, enter):
    enter(scene.buyer).post(reverse("task-comment", args=[task.pk]), {"text": "双方可见"})
    assert "双方可见" in enter(scene.engineer).get(reverse("task", args=[task.pk])).text


def test_who_hands_in_data_may_speak_and_who_looks_or_is_a_guest_may_not(scene, task, enter):
    url = reverse("task-comment", args=[task.pk])
    assert enter(scene.clerk).post(url, {"text": "收到"}).status_code == 302
    assert enter(scene.viewer).post(url, {"text": "x"}).status_code == 403
    assert enter(scene.guest).post(url, {"text": "x"}).status_code == 403
    assert enter(scene.sibling).post(url, {"text": "x"}).status_code == 404
    assert TaskComment._base_manager.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("报告.pdf", b"%PDF-1.7\n%\xe2\xe3\n", "application/pdf"),
        ("photo.PNG", PNG, "image/png"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 30, "image/jpeg"),
        ("首件.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), "spreadsheetml.sheet"),
        ("8D.docx", zipped("[Content_Types].xml", "word/document.xml"), "wordprocessingml.document"),
        ("BM-2203.csv", "BM-2203,合格\n".encode("gb18030"), "text/csv"),
        ("note.txt", "毛刺\n".encode(), "text/plain"),
        ("导出.csv", "BM-2203,合格\n".encode("utf-16"), "text/csv"),  # with its mark, as Excel saves it
        ("limits.txt", b"d < 12.5 and > 3", "text/plain"),
    ],
)
def test_a_file_is_known_by_what_it_holds(scene, task, name, content, kind):
    with looking_as(scene.engineer):
        kept = services.add_attachment(task_id=task.pk, file=sent(name, content), by=scene.engineer, now=NOW)
    assert kept.content_type.endswith(kind)
    assert kept.size == len(content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("drawing.svg", SVG),
        ("drawing.png", SVG),
        ("photo.png", HTML),
        ("page.txt", HTML),
        ("page.csv", b"\xef\xbb\xbf  " + HTML),
        ("late.txt", b"x" * 100_000 + HTML),
        ("drawing.txt", SVG.decode().encode("utf-16")),
        ("page.csv", codecs.BOM_UTF16_BE + HTML.decode().encode("utf-16-be")),
        ("drawing.csv", SVG.decode().encode("utf-16-le")),  # without its mark
        ("bytes.txt", b"\xff\x81\xff\x82"),
        ("photo.png", b"%PDF-1.7\n"),
        ("tool.pdf", b"MZ\x90\0" + b"\0" * 60),
        ("tool.txt", b"\0\1\2\3"),
        ("macro.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")),
        ("any.xlsx", zipped("readme.md")),
        ("cut.xlsx", b"PK\x03\x04cut off"),
        ("later.xlsx", of_a_later_version(zipped("[Content_Types].xml", "xl/workbook.xml"))),
        ("empty.txt", b""),
    ],
)
def test_a_file_of_another_kind_is_refused_in_one_sentence_and_nothing_is_kept(
    scene, task, enter, name, content
):
    refused = enter(scene.buyer).post(
        reverse("task-comment", args=[task.pk]),
        {"text": "见附件", "file": SimpleUploadedFile(name, content)},
    )
    assert refused.status_code == 200
    assert f"“{name}” cannot be attached" in refused.text
    assert "见附件" in refused.text  # what was written stays in the field
    assert not TaskComment._base_manager.exists()
    assert not TaskAttachment._base_manager.exists()


class Unread(io.RawIOBase):
    """A body that must not be read."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("The body was read.")


@pytest.mark.parametrize("path", ["/tasks/{}/comments/", "/api/v1/tasks/{}/attachments/"])
def test_a_file_of_200_mb_is_refused_before_a_byte_of_it_is_read(scene, task, enter, path):
    refused = enter(scene.buyer).post(
        path.format(task.pk),
        data=b"",
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )
    assert refused.status_code == 413
    assert "209.7 MB; an attachment has at most 21.0 MB" in re.sub(r"<[^>]+>", "", refused.text)


def test_the_page_knows_the_limit_so_that_what_was_typed_stays_when_a_file_is_above_it(scene, task, enter):
    page = enter(scene.buyer, "zh-hans").get(reverse("task", args=[task.pk])).text
    assert 'data-largest="20971520"' in page
    assert 'data-too-large="文件太大：附件最大 21.0 MB。' in page


def test_a_file_above_the_limit_is_refused_by_its_size(scene, task, settings):
    settings.ATTACHMENT_MAX_BYTES = 10
    english = translation.override("en")
    with english, looking_as(scene.buyer), pytest.raises(services.NotAttachable, match="at most"):
        services.add_attachment(task_id=task.pk, file=sent("a.txt", b"x" * 11), by=scene.buyer, now=NOW)


def test_a_file_is_only_ever_downloaded(scene, task, enter):
    say(scene, task, scene.engineer, "首件", file=sent("首件 记录.png", PNG))
    attachment = TaskAttachment._base_manager.get()
    for url in (
        reverse("task-attachment", args=[task.pk, attachment.pk]),
        f"/api/v1/tasks/{task.pk}/attachments/{attachment.pk}/",
    ):
        response = enter(scene.buyer).get(url)
        assert b"".join(response.streaming_content) == PNG
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"].startswith("sandbox")
    told = schema()["paths"]["/api/v1/tasks/{id}/attachments/{attachment}/"]["get"]["responses"]["200"]
    assert response.headers["Content-Type"] in told["content"]


def test_the_same_key_says_something_once(scene, task, enter):
    client, path = enter(scene.buyer), f"/api/v1/tasks/{task.pk}/comments/"
    ask = {"content_type": "application/json", "headers": {"Idempotency-Key": "c-1"}}
    first = client.post(path, {"text": "请看"}, **ask)
    again = client.post(path, {"text": "请看"}, **ask)
    other = client.post(path, {"text": "别的"}, **ask)
    assert first.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    assert other.status_code == 422
    assert TaskComment._base_manager.count() == 1
