"""A folder on the server, watched as `sender/tongpin_sender.py` watches one elsewhere: without a network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from intake import queries
from intake.models import Upload, UploadState
from intake.services import receive, work
from sender.tongpin_sender import PROBLEMS_SHOWN, Later, Refused, place_of
from suppliers import access
from suppliers.access import Person


class HandIn:
    """Hands files in for a person, all in one way: what a `Watcher` delivers by."""

    def __init__(self, person: Person, asked: receive.Asked) -> None:
        self.person, self.asked = person, asked

    def send(self, path: str, job: dict[str, Any], _save: Callable[[], None]) -> dict[str, Any]:
        """Hand a file in unless this organisation did so before, and return what it became."""
        with self._at_work():
            upload = self._known(job["sha256"])
            if upload is None:
                with Path(path).open("rb") as content:
                    upload = receive.receive_file(
                        person=self.person,
                        content=content,
                        file_name=Path(path).name,
                        asked=self.asked,
                        now=clock.now(),
                        seconds=None,
                    )
            return self._outcome(upload)

    def ask(self, job: dict[str, Any]) -> dict[str, Any]:
        """Return what a file became that was handed in; what no worker took up is done here."""
        with self._at_work():
            upload = queries.upload_or_none(job["upload"])
            if upload is None:
                raise Refused(job["name"])
            return self._outcome(upload)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Look as the person, in their language; what passes is put off."""
        try:
            with translation.override(self.person.user.language), access.looking_as(self.person):
                yield
        except receive.NotYours as stranger:
            raise Refused(_("You may not hand in files there.")) from stranger
        except (OSError, DatabaseError) as passing:
            connection.close()
            raise Later(str(passing)) from passing

    def _known(self, sha256: str) -> Upload | None:
        """Return the last upload of these bytes, asked for like this one."""
        alike = Upload.objects.filter(sender=self.person.organisation_id, sha256=sha256, repairs=None)
        alike = alike.filter(partnership=self.asked.partnership_id, options__contains=self.asked.options())
        for name in ("kind", "stage"):
            if value := getattr(self.asked, name):
                alike = alike.filter(**{name: value})
        return alike.order_by("pk").last()

    def _outcome(self, upload: Upload) -> dict[str, Any]:
        if upload.state in {UploadState.RECEIVED, UploadState.COMMITTING}:
            work.begin(upload, now=clock.now(), seconds=None)
            upload = Upload.objects.get(pk=upload.pk)
        told = [queries.question_in_words(one) for one in upload.understanding.get("questions", [])]
        problems = [f"? {one['text']}" for one in told]
        problems += [place_of(one) + one["text"] for one in queries.conflicts_of(upload) if not one["choice"]]
        if upload.open_rows:
            found = queries.problems_by_row(queries.problems_of(upload))
            problems += [
                f"{place_of(row | one)}{one['rule']} {one['remedy']}"
                for row in found
                for one in (row, *row["also"])
            ]
        refusal = queries.refusal_in_words(upload)
        return {
            "id": upload.pk,
            "state": str(upload.state),
            "counts": queries.counts_of(upload),
            "refusal": f"{refusal.rule} {refusal.remedy}" if refusal else "",
            "problems": problems[:PROBLEMS_SHOWN],
            "more": max(len(problems) - PROBLEMS_SHOWN, 0),
            "identical": upload.identical_to_id is not None,
            "address": settings.SITE_URL + reverse("upload", args=[upload.pk]),
        }
