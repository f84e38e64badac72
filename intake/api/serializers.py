"""Shapes of uploads in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.serializers import RowSerializer
from intake import queries
from intake.models import Kind, Upload

CELL_LIMIT = 32_767
STAGES = [("outgoing", "outgoing"), ("incoming", "incoming")]


class StateConflictErrorSerializer(serializers.Serializer):
    code = serializers.CharField(help_text="not_ready, built_upon or nothing_to_mend.")
    detail = serializers.CharField()
    attr = serializers.CharField(allow_null=True)


class StateConflictSerializer(serializers.Serializer):
    """What was asked does not fit what is there."""

    type = serializers.CharField()
    errors = StateConflictErrorSerializer(many=True)  # type: ignore[assignment]  # a serializer has it too


class SaidSerializer(serializers.Serializer):
    rule = serializers.CharField(help_text="What is wrong, in the reader's language.")
    remedy = serializers.CharField(help_text="What to do about it.")


class CountsSerializer(serializers.Serializer):
    """`read` is the sum of new, same, changed, conflicting, wrong, elsewhere and left_out_by_hand."""

    read = serializers.IntegerField()
    new = serializers.IntegerField()
    same = serializers.IntegerField()
    changed = serializers.IntegerField()
    conflicting = serializers.IntegerField()
    wrong = serializers.IntegerField()
    elsewhere = serializers.IntegerField(help_text="Rows for somebody who is not here.")
    left_out_by_hand = serializers.IntegerField(help_text="Rows that a person left out.")
    gone = serializers.IntegerField(
        help_text="Rows of an earlier statement that this one no longer has, beside read: they go with the commit"
        " once the question `statement` is answered with replace."
    )
    left_out = serializers.IntegerField(help_text="Totals, repeated headers and the like; not in read.")


class ProgressSerializer(serializers.Serializer):
    phase = serializers.CharField(
        allow_blank=True, help_text="reading, checking, comparing or writing; blank while nothing was begun."
    )
    done = serializers.IntegerField(help_text="Rows, in this phase.")
    total = serializers.IntegerField(help_text="Rows; 0 while not known.")


class OptionSerializer(serializers.Serializer):
    value = serializers.JSONField(help_text="What to send back as the answer.")
    label = serializers.CharField()  # type: ignore[assignment]  # a Field has one too


class QuestionSerializer(serializers.Serializer):
    id = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    rows = serializers.IntegerField(help_text="Rows that wait for the answer.")
    options = OptionSerializer(many=True)


class NoteSerializer(SaidSerializer):
    """What does not add up in a file, without holding up a row."""

    sheet = serializers.CharField()
    row = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()


class ConflictSerializer(serializers.Serializer):
    sheet = serializers.CharField()
    row = serializers.IntegerField()
    stored = serializers.JSONField(help_text="What is stored where the row differs, by field.")
    code = serializers.CharField()
    text = serializers.CharField(help_text="What it is, in words.")
    choices = serializers.ListField(
        child=serializers.ChoiceField(["keep", "replace"]),
        help_text="What may be chosen: what the other side sent of itself can only be kept.",
    )
    choice = serializers.CharField(allow_blank=True, help_text="keep, replace, or blank.")


class DocumentsSerializer(serializers.Serializer):
    """Documents of a file that may not count, of one sort."""

    sort = serializers.CharField(help_text="void, unaudited, provisional or red.")
    word = serializers.CharField(help_text="What they are called, in the reader's language.")
    rows = serializers.IntegerField()
    rule = serializers.CharField(help_text="leave (not in read) or take.")
    places = serializers.ListField(child=serializers.CharField(), help_text="SHEET!ROW, the first hundred.")


class GoneSerializer(serializers.Serializer):
    """A row of an earlier statement that this one does not have; the first hundred."""

    part = serializers.CharField()
    location = serializers.CharField(allow_blank=True)
    day = serializers.DateField()
    quantity = serializers.IntegerField(allow_null=True, help_text="Pieces.")


class RowsLeftOutSerializer(serializers.Serializer):
    """Rows that a person left out at one time."""

    number = serializers.IntegerField(help_text="By this they are taken in again.")
    rows = serializers.IntegerField()
    places = serializers.ListField(child=serializers.CharField(), help_text="SHEET!ROW, the first hundred.")
    code = serializers.CharField(allow_blank=True, help_text="Of their problem.")
    why = serializers.CharField(allow_blank=True, help_text="Their problem, in the reader's language.")
    by = serializers.CharField()
    at = serializers.DateTimeField()


class ToMendSerializer(serializers.Serializer):
    rows = serializers.IntegerField(help_text="Rows that have problems.")
    problems = serializers.IntegerField(help_text="All problems of these rows.")


class UploadSerializer(RowSerializer):
    sent_by = serializers.CharField(source="sent_by.user", read_only=True)
    counts = serializers.SerializerMethodField()
    to_mend = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    refusal = serializers.SerializerMethodField()
    questions = serializers.SerializerMethodField()
    conflicts = serializers.SerializerMethodField()
    notes = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()
    gone_rows = serializers.SerializerMethodField()
    rows_left_out = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = [
            "id",
            "file_name",
            "size",
            "sha256",
            "kind",
            "stage",
            "partnership",
            "state",
            "open_rows",
            "counts",
            "to_mend",
            "progress",
            "refusal",
            "questions",
            "conflicts",
            "notes",
            "documents",
            "gone_rows",
            "rows_left_out",
            "identical_to",
            "repairs",
            "sent_by",
            "created_at",
            "finished_at",
        ]
        read_only_fields = fields

    @extend_schema_field(CountsSerializer)
    def get_counts(self, upload: Upload) -> dict[str, int]:
        return queries.counts_of(upload)

    @extend_schema_field(ToMendSerializer)
    def get_to_mend(self, upload: Upload) -> dict[str, int]:
        return queries.to_mend_of(upload)

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, upload: Upload) -> dict[str, Any]:
        return {"phase": upload.phase, "done": upload.progress_done, "total": upload.progress_total}

    @extend_schema_field(SaidSerializer(allow_null=True))
    def get_refusal(self, upload: Upload) -> dict[str, str] | None:
        said = queries.refusal_in_words(upload)
        return {"rule": said.rule, "remedy": said.remedy} if said else None

    @extend_schema_field(QuestionSerializer(many=True))
    def get_questions(self, upload: Upload) -> list[dict[str, Any]]:
        return [queries.question_in_words(one) for one in upload.understanding.get("questions", [])]

    @extend_schema_field(NoteSerializer(many=True))
    def get_notes(self, upload: Upload) -> list[dict[str, Any]]:
        return queries.notes_in_words(upload)

    @extend_schema_field(DocumentsSerializer(many=True))
    def get_documents(self, upload: Upload) -> list[dict[str, Any]]:
        return queries.documents_of(upload)

    @extend_schema_field(GoneSerializer(many=True))
    def get_gone_rows(self, upload: Upload) -> list[dict[str, Any]]:
        return queries.gone_of(upload)

    @extend_schema_field(RowsLeftOutSerializer(many=True))
    def get_rows_left_out(self, upload: Upload) -> list[dict[str, Any]]:
        return queries.left_out_of(upload)

    @extend_schema_field(ConflictSerializer(many=True))
    def get_conflicts(self, upload: Upload) -> list[dict[str, Any]]:
        return queries.conflicts_of(upload)


class UploadInListSerializer(UploadSerializer):
    questions = conflicts = notes = documents = gone_rows = rows_left_out = to_mend = None  # type: ignore[assignment]  # DRF's way to leave fields out

    class Meta(UploadSerializer.Meta):
        fields = [
            name
            for name in UploadSerializer.Meta.fields
            if name
            not in ("questions", "conflicts", "notes", "documents", "gone_rows", "rows_left_out", "to_mend")
        ]
        read_only_fields = fields


class ProblemSerializer(serializers.Serializer):
    """A cell or row that breaks a rule."""

    column = serializers.CharField(allow_blank=True, help_text="Its letter; blank where no cell is meant.")
    field = serializers.CharField(allow_blank=True, help_text="In the reader's language.")
    value = serializers.CharField(allow_blank=True, help_text="As read.")
    code = serializers.CharField(help_text="The rule's code.")
    rule = serializers.CharField(help_text="What is wrong, in the reader's language.")
    remedy = serializers.CharField(help_text="What to do about it.")


class RowWithProblemsSerializer(ProblemSerializer):
    """A row with its first problem and, in `also`, all others; of each rule and column the first hundred rows."""

    sheet = serializers.CharField(allow_blank=True)
    row = serializers.IntegerField(allow_null=True, help_text="From 1, as the person sees it.")
    count = serializers.IntegerField(
        help_text="Rows: this one, and those that are not listed and begin with the same problem."
    )
    also = ProblemSerializer(many=True)


class OptionsSerializer(serializers.Serializer):
    """How a file is to be taken: every option of the command `intake`."""

    kind = serializers.ChoiceField(Kind.choices, required=False, allow_blank=True, default="")
    stage = serializers.ChoiceField(STAGES, required=False, allow_blank=True, default="")
    partnership = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Every row belongs to it; else rows go one by one.",
    )
    mapping = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=80, help_text="Name of a saved reading."
    )
    encoding = serializers.CharField(required=False, allow_blank=True, default="", max_length=40)
    create = serializers.BooleanField(  # type: ignore[assignment]  # a serializer has one too
        required=False,
        default=False,
        help_text="Make what the file names and nobody knows (a customer's engineer).",
    )
    partial = serializers.BooleanField(  # type: ignore[assignment]  # a serializer has one too
        required=False, default=False, help_text="Commit the faultless rows, keep the rest."
    )
    dry_run = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Check and wait for `commit/`; else a faultless file is committed.",
    )


class FinishSerializer(OptionsSerializer):
    repairs = serializers.IntegerField(
        required=False, allow_null=True, default=None, help_text="The upload whose marked workbook this is."
    )


class FileSerializer(FinishSerializer):
    file = serializers.FileField(allow_empty_file=True)


class RowsSerializer(OptionsSerializer):
    kind = serializers.ChoiceField(Kind.choices)
    rows = serializers.ListField(
        child=serializers.DictField(child=serializers.JSONField(allow_null=True)),
        allow_empty=False,
        max_length=50_000,
        help_text='Each row an object of field to value, such as {"lot_no": "J250305-1"}.',
    )
    file_name = serializers.CharField(required=False, default="rows.csv", max_length=255)


class CellSerializer(serializers.Serializer):
    sheet = serializers.CharField(allow_blank=True, max_length=255)
    row = serializers.IntegerField(min_value=1, max_value=2_000_000)
    column = serializers.RegexField(r"^[A-Za-z]{1,3}$")
    value = serializers.CharField(allow_blank=True, max_length=CELL_LIMIT)


class AlikeSerializer(serializers.Serializer):
    """A problem as `problems/` tells it."""

    sheet = serializers.CharField(allow_blank=True, max_length=255)
    code = serializers.CharField(max_length=60)
    column = serializers.CharField(allow_blank=True, max_length=8)


class AnswersSerializer(serializers.Serializer):
    answers = serializers.DictField(
        child=serializers.JSONField(),
        required=False,
        help_text="By a question's id one of its options, `elsewhere`, or `create`.",
    )
    cells = CellSerializer(many=True, required=False)
    choices = serializers.DictField(
        child=serializers.ChoiceField(["keep", "replace"]),
        required=False,
        help_text="Of conflicts, by SHEET!ROW; `*` for all others.",
    )
    documents = serializers.DictField(
        child=serializers.ChoiceField(["leave", "take"]),
        required=False,
        help_text="By a sort of documents (void, unaudited, provisional, red) whether their rows count; remembered"
        " for later files with the same headers.",
    )
    constants = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=500),
        required=False,
        help_text="By a field that the file has no column for, as rows of this API name it, the value that every"
        ' row has: {"part_no": "0201002"}. Blank takes it back.',
    )
    remember_constants = serializers.BooleanField(
        required=False, default=False, help_text="For later files with the same headers too."
    )
    left_out = serializers.ListField(
        child=serializers.CharField(max_length=280),
        required=False,
        help_text="Rows to be mended that are left out instead, each as SHEET!ROW; `*` for all of them.",
    )
    left_out_alike = AlikeSerializer(
        many=True, required=False, help_text="Problems of which all rows are left out."
    )
    taken_in = serializers.ListField(
        child=serializers.IntegerField(min_value=0),
        required=False,
        help_text="Numbers of `rows_left_out` that are looked at again.",
    )


class CommitSerializer(serializers.Serializer):
    partial = serializers.BooleanField(  # type: ignore[assignment]  # a serializer has one too
        required=False, default=False
    )
