"""What is asked before an import: the file, its columns, and a last yes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget

from guestman.contrib.imports.admin import words
from guestman.contrib.imports.models import ImportRun
from guestman.contrib.imports.rules.table import Table
from guestman.contrib.imports.services import revert, uploads
from shopman.admin.acts import ActForm, Text, dress
from shopman.tenancy.rights import Right


class UploadForm(forms.Form):
    """A file of customers."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ",".join(uploads.SUFFIXES)}),
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx). The first line names the columns. Nothing is imported before you"
            " have seen what would happen."
        ),
    )


class ColumnsForm(forms.Form):
    """For each column of the file, the field that it is."""

    source = forms.CharField(
        label=gettext_lazy("System the file comes from"),
        max_length=40,
        help_text=gettext_lazy(
            "A short name. Rows of one system are known again when they are imported again."
        ),
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Dates such as 03/04/1990"),
        choices=[("dmy", gettext_lazy("day first")), ("mdy", gettext_lazy("month first"))],
    )
    is_trusted = forms.BooleanField(
        label=gettext_lazy("The shop vouches for this file"),
        required=False,
        help_text=gettext_lazy(
            "Phones and e-mails then count as told by the shop, and gaps of existing customers are"
            " filled. Otherwise nothing of an existing customer changes. Nothing is ever"
            " overwritten or verified."
        ),
    )

    def __init__(self, *args: Any, run: ImportRun, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        known = {column: field for field, column in run.mapping.get("columns", {}).items()}
        for at, header in enumerate(table.header):
            self.fields[f"column_{at}"] = forms.ChoiceField(
                label=header,
                choices=words.choices,
                required=False,
                initial=known.get(header, ""),
            )
        self.fields["source"].initial = run.source
        self.fields["dates"].initial = run.mapping.get("dates", "dmy")
        self.fields["is_trusted"].initial = run.is_trusted
        for field in self.fields.values():
            dress(field)

    def columns(self) -> Iterator[dict[str, Any]]:
        """The rows of the page: a column's choice, and what its first cells say."""
        sample: Sequence[Sequence[str]] = self.table.sample(3)
        for at, header in enumerate(self.table.header):
            said = [cells[at][:60] for cells in sample if at < len(cells) and cells[at].strip()]
            yield {"header": header, "said": said, "field": self[f"column_{at}"]}

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        chosen: dict[str, str] = {}
        for at, header in enumerate(self.table.header):
            field = found.get(f"column_{at}")
            if field and field in chosen:
                self.add_error(f"column_{at}", _("Another column is this field already."))
            elif field:
                chosen[field] = header
        found["columns"] = chosen
        return found

    def mapping(self) -> dict[str, Any]:
        """As ``guestman.contrib.imports.rules.mapping.Mapping`` takes it."""
        found = self.cleaned_data
        return {
            "source": found["source"].strip().lower(),
            "dates": found["dates"],
            "columns": found["columns"],
        }


class RevertForm(ActForm):
    """Take an import back."""

    title = gettext_lazy("Take this import back")
    submit = gettext_lazy("Take it back")
    is_grave = True
    right = Right.BULK
    blames: ClassVar = {}
    lead = gettext_lazy(
        "Customers it made are deleted, gaps it filled are emptied. Whoever was changed since, has"
        " orders or verified a contact stays as he is and is listed. The history of all changes"
        " stays."
    )

    def act(self) -> Text:
        revert.begin(self.subject.pk)
        return gettext_lazy("The import is being taken back.")
