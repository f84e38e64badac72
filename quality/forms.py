"""What a person fills in about a control chart, about sampling, or to a question about values."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core.forms import DayField
from quality.formulas.chart_choice import Chart
from quality.models import DecisionKind, SamplingKind, Stage

CHARTS = (Chart.XBAR_R, Chart.XBAR_S, Chart.I_MR)


class DecisionForm(forms.Form):
    """A decision with its reason; of frozen limits the chart and the last day, of others the lot."""

    kind = forms.ChoiceField(choices=DecisionKind.choices)
    stage = forms.ChoiceField(choices=Stage.choices)
    chart = forms.TypedChoiceField(choices=[(one.value, one.value) for one in CHARTS], coerce=Chart)
    lot = forms.CharField(max_length=64, required=False)
    until = DayField(required=False)
    reason = forms.CharField(max_length=300)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if asked.get("kind") != DecisionKind.FREEZE and not asked.get("lot"):
            self.add_error("lot", _("Write the number of the lot."))
        if "reason" in self.errors:
            self.errors["reason"] = self.error_class([_("Write the reason, in at most 300 characters.")])
        return asked


class SamplingDecisionForm(forms.Form):
    """A decision of the responsible authority on sampling, with its reason, after the lots of a day."""

    kind = forms.ChoiceField(choices=SamplingKind.choices)
    stage = forms.ChoiceField(choices=Stage.choices)
    day = DayField()
    reason = forms.CharField(max_length=300)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if "reason" in self.errors:
            self.errors["reason"] = self.error_class([_("Write the reason, in at most 300 characters.")])
        return asked


class AnswerForm(forms.Form):
    """An answer to a question, which is named by its key."""

    question = forms.CharField(max_length=80)
    answer = forms.CharField(max_length=1000)
