"""What a list of uploads may be narrowed by, on the page and in the API."""

import django_filters

from intake.models import Kind, Upload, UploadState
from intake.queries import uploads_that_wait


class UploadFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=UploadState.choices)
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    since = django_filters.DateFilter(field_name="created_at", lookup_expr="date__gte")
    until = django_filters.DateFilter(field_name="created_at", lookup_expr="date__lte")
    sha256 = django_filters.CharFilter(label="of the file")
    open = django_filters.BooleanFilter(method="still_open", label="rows wait for a person")
    waiting = django_filters.BooleanFilter(method="that_wait", label="waits for one of its sender's people")

    class Meta:
        model = Upload
        fields = ["state", "kind", "since", "until", "sha256", "open", "waiting"]

    def still_open(self, uploads, name, value):
        return uploads.filter(open_rows__gt=0) if value else uploads.filter(open_rows=0)

    def that_wait(self, uploads, name, value):
        waiting = uploads_that_wait().order_by().values("pk")
        return uploads.filter(pk__in=waiting) if value else uploads.exclude(pk__in=waiting)
