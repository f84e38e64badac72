"""What people type into the pages of uploads."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock


class LotForm(forms.Form):
    """One lot by hand, on a phone: it goes the same road as a file of one row."""

    partnership = forms.TypedChoiceField(label=_("Partner"), coerce=int)
    part_no = forms.CharField(label=_("Part number"), max_length=64)
    lot_no = forms.CharField(label=_("Lot number"), max_length=64)
    inspection_date = forms.DateField(
        label=_("Inspection date"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    lot_size = forms.IntegerField(label=_("Lot size"), min_value=1, required=False)
    inspected = forms.IntegerField(label=_("Inspected"), min_value=1)
    nonconforming = forms.IntegerField(label=_("Nonconforming"), min_value=0)
    verdict = forms.ChoiceField(
        label=_("Verdict"),
        choices=[("", _("not judged")), ("accepted", _("Accepted")), ("rejected", _("Rejected"))],
        required=False,
    )
    remark = forms.CharField(label=_("Remark"), max_length=500, required=False)

    def __init__(self, *args, partners: list[tuple[int, str]], zone: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        partner = self.fields["partnership"]
        assert isinstance(partner, forms.TypedChoiceField)
        partner.choices = partners
        self.fields["inspection_date"].initial = clock.today(zone)
        if len(partners) == 1:
            partner.initial = partners[0][0]
            partner.widget = forms.HiddenInput()

    def row(self) -> dict[str, object]:
        """Return the lot as a row of inspections, by canonical field."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "partnership"}
        return {name: str(value) if value not in (None, "") else None for name, value in told.items()}
