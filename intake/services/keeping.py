"""How long the bytes of files are kept that came to nothing. Rows, counts and problems stay."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from intake.models import Upload, UploadState
from intake.services import vault
from suppliers import access

AT_A_TIME = 100


def throw_away(*, now: datetime) -> int:
    """Delete the bytes of refused and undone files once their time is over; return of how many.

    Bytes that another upload still needs stay.
    """
    with access.looking_as_house("throw away files that came to nothing"):
        over = Q(
            state=UploadState.REFUSED, finished_at__lt=now - timedelta(days=settings.KEEP_REFUSED_DAYS)
        ) | Q(state=UploadState.UNDONE, finished_at__lt=now - timedelta(days=settings.KEEP_UNDONE_DAYS))
        old = list(Upload.objects.filter(over, bytes_gone_at=None).exclude(sha256="")[:AT_A_TIME])
        for upload in old:
            holds = Q(sha256=upload.sha256) | Q(options__other_half=upload.sha256)
            needed = Upload.objects.filter(holds, bytes_gone_at=None).exclude(over)
            if not needed.exists():
                vault.forget(upload.sha256)
            vault.forget_frame(upload.frame)
        Upload.objects.filter(pk__in=[upload.pk for upload in old]).update(bytes_gone_at=now, frame="")
    return len(old)
