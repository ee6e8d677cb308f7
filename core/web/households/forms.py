"""The form of a household and its members. It holds what was typed; the domain reads it and says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, SelectMultipleField, StringField

from core import db
from core.domain import people
from core.domain.people import ethnic
from core.text import Text, fold, nfc
from core.web import forms
from core.web.households.telling import LABELS
from core.web.present import tt

MOST_MEMBERS = 40
_ROW = re.compile(r"members-(\d{1,3})-\w+")
_CHOOSE = Text("Chọn…", "Choose…")
_SPLIT = Text("cách nhau bằng dấu chấm phẩy", "with semicolons between")

Told = dict[str, Any]


def _codes(known: Mapping[str, Any], empty: Any = None) -> list[SelectChoice]:
    return forms.choices([(code.code, code.title) for code in known.values()], empty)


def _several(label: Text, known: Mapping[str, Any]) -> SelectMultipleField:
    return SelectMultipleField(label, choices=_codes(known), validate_choice=False)


def _wishes() -> list[SelectChoice]:
    """What may be wanted: the programmes that run here, by name."""
    return forms.choices((code, each.programme.title) for code, each in db.registry().programmes.items())


_OTHER_WISHES = Text("Nhu cầu khác", "Other wants")


class HouseholdForm(forms.Form):
    """The household itself."""

    version = HiddenField()
    code = StringField(LABELS["code"], [forms.Filled()])
    village = StringField(LABELS["village"])
    address = StringField(LABELS["address"])
    phone = StringField(LABELS["phone"])
    set_up_on = StringField(LABELS["set_up_on"])
    residence = SelectField(
        Text("Cư trú", "Residence"),
        choices=_codes(people.RESIDENCES, Text("chưa rõ", "not known")),
        validate_choice=False,
    )
    resident_since = StringField(Text("Cư trú từ ngày", "Resident since"))
    members_known = BooleanField(Text("Đã ghi đủ thành viên", "All members are written down"))
    marks = _several(Text("Diện của cả hộ", "Marks of the whole household"), people.HOUSEHOLD_MARKS)
    causes = _several(
        Text("Nguyên nhân nghèo", "Causes of poverty"),
        {code: cause for code, cause in people.CAUSES.items() if code != "other"},
    )
    other_causes = StringField(Text("Nguyên nhân khác", "Other causes"), description=_SPLIT)
    demands = SelectMultipleField(Text("Hộ có nhu cầu", "The household wants"), choices=_wishes, validate_choice=False)
    other_demands = StringField(_OTHER_WISHES, description=_SPLIT)


class NewHouseholdForm(HouseholdForm):
    """A household with the category it comes with."""

    unit = SelectField(Text("Xã, phường", "Commune"), [forms.Filled()], validate_choice=False)
    category = SelectField(
        Text("Phân loại", "Category"),
        choices=_codes(people.CATEGORIES, Text("chưa rõ", "not known")),
        validate_choice=False,
    )
    line = SelectField(Text("Theo", "By the"), choices=_codes(people.LINES), validate_choice=False)
    decided_on = StringField(Text("Ngày công nhận", "Recognised on"))
    decision_number = StringField(Text("Số quyết định", "Number of the decision"))
    decision_issuer = StringField(Text("Cơ quan quyết định", "Issued by"))
    category_until = StringField(Text("Có giá trị đến hết ngày", "In force until"))
    score_a = StringField(Text("Điểm A", "Points A"))
    score_b = StringField(Text("Điểm B", "Points B"))
    deprivations = SelectMultipleField(
        Text("Chỉ số thiếu hụt", "Deprived of"),
        validate_choice=False,
        choices=forms.choices((str(number), each.title) for number, each in enumerate(people.INDICATORS, 1)),
    )


MEMBER = ("person_id", "name", "relation", "birth", "sex", "ethnic", "id_number")


def form_with(base: type[HouseholdForm], rows: int) -> type[HouseholdForm]:
    """The form of a household with so many members; their fields are called ``members-0-name`` and so on."""
    groups = [(group.title.vi, group.title) for group in ethnic.groups().values()]
    fields: Told = {}
    for row in range(rows):
        fields |= {
            f"members-{row}-{name}": made
            for name, made in {
                "person_id": HiddenField(),
                "card": HiddenField(),
                "name": StringField(LABELS["name"]),
                "relation": SelectField(
                    LABELS["relation"], choices=_codes(people.RELATIONS, _CHOOSE), validate_choice=False
                ),
                "birth": StringField(LABELS["birth"]),
                "sex": SelectField(LABELS["sex"], choices=_codes(people.SEXES, "–"), validate_choice=False),
                "ethnic": SelectField(LABELS["ethnic"], choices=forms.choices(groups, _CHOOSE), validate_choice=False),
                "id_number": StringField(LABELS["id_number"]),
                "marks": _several(LABELS["marks"], people.PERSON_MARKS),
                "demands": SelectMultipleField(LABELS["demands"], choices=_wishes, validate_choice=False),
                "other_demands": StringField(_OTHER_WISHES, description=_SPLIT),
                "gone": BooleanField(Text("Không còn ở hộ này", "No longer of this household")),
            }.items()
        }
    return type(base.__name__, (base,), fields)


def rows_in(sent: Mapping[str, Any]) -> int:
    """How many members a posted form shows."""
    found = [int(match[1]) + 1 for match in map(_ROW.fullmatch, sent) if match]
    return min(max(found, default=0), MOST_MEMBERS)


def from_record(record: people.Record) -> Told:
    """A known household as the form shows it."""
    row, residence = record.row, record.residence
    known = [each.code for each in record.causes if not each.said and each.code != "other"]
    told: Told = {
        "version": row.version,
        "code": row.code,
        "village": row.village,
        "address": row.address,
        "phone": row.phone,
        "set_up_on": _day(row.set_up_on),
        "residence": residence.kind if residence else "",
        "resident_since": _day(residence.valid_from) if residence else "",
        "marks": sorted(record.marks),
        "causes": known,
        "other_causes": "; ".join(
            each.said or tt(people.CAUSES["other"].title) for each in record.causes if each.code not in known
        ),
        "demands": [each.wanted for each in record.demands],
    }
    for place, member in enumerate(record.members):
        told |= {f"members-{place}-{name}": value for name, value in _member(member).items()}
    return told


def _member(member: people.Member) -> Told:
    row = member.row
    return {
        "person_id": str(row.id),
        "name": row.name,
        "relation": row.relation,
        "birth": _day(row.birth_date) or str(row.birth_year or ""),
        "sex": row.sex or "",
        "ethnic": people.group_name(row.ethnic_code, row.ethnic_list),
        "id_number": row.id_number or "",
        "marks": sorted(member.marks),
        "demands": [each.wanted for each in member.demands],
    }


def _day(day: Any) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def for_domain(form: HouseholdForm) -> tuple[Told, list[int]]:
    """What ``people.save_household`` takes, and the place in the form of each member in it.

    Left out are rows nobody filled in and members who are ticked as gone.
    """
    data: Told = {name: field.data for name, field in form._fields.items() if "-" not in name and name != "csrf_token"}
    data["marks"], data["demands"] = _joined(form, ""), _wanted(form, "")
    data["causes"] = "; ".join(
        filter(
            None,
            (
                *(people.CAUSES[code].title.vi for code in form.causes.data or () if code in people.CAUSES),
                nfc(form.other_causes.data or ""),
            ),
        )
    )
    if "deprivations" in data:
        scored = any(data[name] for name in ("score_a", "score_b", "deprivations"))
        data["deprivations"] = data["deprivations"] if scored else None
    kept, members = [], []
    for place in range(rows_in(form._fields)):
        prefix = f"members-{place}-"
        member = {name: form[prefix + name].data for name in MEMBER}
        member |= {"marks": _joined(form, prefix), "demands": _wanted(form, prefix)}
        if any(nfc(value or "") for value in member.values()) and not form[f"members-{place}-gone"].data:
            kept.append(place)
            members.append(member)
    return {**data, "members": members}, kept


def _joined(form: HouseholdForm, prefix: str) -> str:
    return "; ".join(form[prefix + "marks"].data or ())


def _wanted(form: HouseholdForm, prefix: str) -> str:
    """What is ticked and what is written beside it."""
    other = nfc(form[prefix + "other_demands"].data or "")
    return "; ".join([*(form[prefix + "demands"].data or ()), *filter(None, (other,))])


def offer_own(form: HouseholdForm) -> None:
    """A mark or want that is known of somebody and stands in no list is offered too: to be unticked, not lost."""
    for name, field in form._fields.items():
        kind = name.rpartition("-")[2]
        if kind not in ("marks", "demands"):
            continue
        listed = {each.value for each in field.choices}
        said = {fold(value): value for value in field.data or () if value not in listed}
        if kind == "demands":  # a list that writes a programme's name means the programme
            for each in field.choices:
                each.value = said.pop(fold(tt(each.label)), each.value)
        own = list(said.values())
        titles = {code: people.MARKS[code].title for code in own if kind == "marks" and code in people.MARKS}
        field.choices = [*field.choices, *forms.choices((value, titles.get(value, value)) for value in own)]


def differences(form: HouseholdForm, now: Told) -> Iterable[tuple[str, str, str]]:
    """Where the form and the register as it is now part: the label, what the register says, what was typed."""
    here = {form[f"members-{place}-person_id"].data: place for place in range(rows_in(form._fields))}
    for name, value in now.items():
        field, who = form._fields.get(name), ""
        if match := _ROW.fullmatch(name):
            person = now[f"members-{match[1]}-person_id"]
            if person not in here:
                continue
            who = f"{now[f'members-{match[1]}-name']}: "
            field = form._fields[f"members-{here[person]}-{name.rpartition('-')[2]}"]
        if field is None or field.type == "HiddenField":
            continue
        registered, typed = _shown(field, value), _shown(field, field.data)
        if registered != typed:
            yield f"{who}{field.label.text}", registered, typed


def _shown(field: Any, value: Any) -> str:
    titles = {
        each.value: each.label if isinstance(each.label, str) else tt(each.label)
        for each in getattr(field, "choices", ())
    }
    if isinstance(value, list | tuple):
        return "; ".join(titles.get(each, each) for each in sorted(value))
    return titles.get(value, nfc(str(value or "")))
