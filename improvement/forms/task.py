"""What people type about tasks."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core import formatting
from core.forms import DayField
from improvement.models import Outcome, Side, TaskKind
from improvement.services.files import ACCEPTED

Choices = Sequence[tuple[Any, Any]]


class CardForm(forms.Form):
    """What a task says, as both sides edit it. Owners are people of each side."""

    title = forms.CharField(label=_("Title"), max_length=200)
    problem = forms.CharField(
        label=_("Problem"),
        max_length=20_000,
        error_messages={"required": _("Say what is wrong and where it shows.")},
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What is wrong, where it shows, what it costs."),
    )
    target = forms.CharField(
        label=_("Target"),
        max_length=300,
        error_messages={"required": _("Say what is to be reached, so that both sides can check it.")},
        help_text=_("Such as: reported nonconforming rate at most 2.0%."),
    )
    due_date = DayField(label=_("Due"))
    customer_owner_id = forms.TypedChoiceField(
        label=_("Owner at the customer"), coerce=int, empty_value=None, required=False
    )
    supplier_owner_id = forms.TypedChoiceField(
        label=_("Owner at the supplier"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, customer_people: Choices, supplier_people: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, people in (
            ("customer_owner_id", customer_people),
            ("supplier_owner_id", supplier_people),
        ):
            cast("forms.ChoiceField", self.fields[name]).choices = [("", _("nobody yet")), *people]


class EditForm(CardForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class OpenForm(CardForm):
    """A new task; its cell stands in the address and is sent along."""

    kind = forms.ChoiceField(label=_("Kind"), choices=TaskKind.choices)

    field_order = ("title", "kind", "problem", "target", "due_date", "supplier_owner_id", "customer_owner_id")


class StepForm(forms.Form):
    text = forms.CharField(
        label=_("What was done"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    side = forms.ChoiceField(label=_("Whose turn"), choices=Side.choices, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class CommentForm(forms.Form):
    """Something said, a file, or both."""

    text = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("Write to both sides …")}),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=_("PDF, PNG, JPEG, xlsx, docx, csv or txt."),
    )
    own_only = forms.BooleanField(label=_("Only my organisation"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        limit = settings.ATTACHMENT_MAX_BYTES
        too_large = _("The file is too large: an attachment has at most %(limit)s.")
        told = too_large % {"limit": formatting.file_size(limit)}
        self.fields["file"].widget.attrs |= {"data-largest": str(limit), "data-too-large": told}

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not told.get("text") and not told.get("file") and not self.errors:
            self.add_error("text", _("Write something, or choose a file."))
        return told


class DoneForm(forms.Form):
    end_date = DayField(
        label=_("Last day of the change"),
        help_text=_("The days after it are what the figures are compared by."),
    )


class CloseForm(forms.Form):
    """What came of a task: `outcomes` are those that its state allows, the usual one first."""

    outcome = forms.ChoiceField(label=_("What came of it"))
    outcome_text = forms.CharField(
        label=_("In words"),
        help_text=_("Needed as the reason where the change is not carried out here."),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, outcomes: Sequence[Outcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = [(one.value, one.label) for one in outcomes]  # type: ignore[attr-defined]
