"""The register: households, persons, and what is true of them from when to when."""

from core.domain.people.cards import Card, Difference, Found, differences, persons_of, read_card, take_from_card
from core.domain.people.changes import Change, compare
from core.domain.people.codes import (
    CATEGORIES,
    CAUSES,
    HOUSEHOLD_MARKS,
    INDICATORS,
    LINES,
    MARKS,
    PERSON_MARKS,
    RELATIONS,
    RESIDENCES,
    SEXES,
    deprivation_list,
    deprivation_mask,
)
from core.domain.people.entries import Finding, HouseholdEntry, PersonEntry, Place
from core.domain.people.ethnic import group_name
from core.domain.people.facts import FACTS, birth_of, facts_for_many, facts_of_records, household_facts
from core.domain.people.filling import Filled, fill
from core.domain.people.households import (
    after,
    before,
    category_history,
    find_households,
    household_by_code,
    household_id,
    household_number,
    household_of,
    member_counts,
    member_named,
    members_met,
    registry_changes,
    standing,
    subject_named,
    villages,
)
from core.domain.people.id_numbers import check_id_number
from core.domain.people.lacking import LACKING, Line, facts_of, lacking, lacking_counts
from core.domain.people.privacy import PRIVATE, codes_seen, column_seen, deprivations_seen
from core.domain.people.records import Member, Record, records, records_by_id
from core.domain.people.saving import doubts, place_of, record_category, save_household
from core.domain.people.tables import (
    cause,
    demand,
    household,
    household_category,
    import_batch,
    import_choice,
    import_household,
    import_line,
    import_mapping,
    mark,
    membership,
    person,
    person_alias,
    registry_change,
    residence,
    valid_on,
)
from core.domain.people.turning import turned
from core.domain.people.undoing import changed_since, undo_import
from core.domain.people.writing import write

__all__ = [
    "CATEGORIES", "CAUSES", "FACTS", "HOUSEHOLD_MARKS", "INDICATORS", "LACKING", "LINES", "MARKS", "PERSON_MARKS",
    "PRIVATE", "RELATIONS", "RESIDENCES", "SEXES", "Card", "Change", "Difference", "Filled", "Finding", "Found",
    "HouseholdEntry", "Line", "Member", "PersonEntry", "Place", "Record", "after", "before", "birth_of",
    "category_history", "cause", "changed_since", "check_id_number", "codes_seen", "column_seen", "compare",
    "demand", "deprivation_list", "deprivation_mask", "deprivations_seen", "differences", "doubts",
    "facts_for_many", "facts_of", "facts_of_records", "fill", "find_households", "group_name", "household",
    "household_by_code", "household_category", "household_facts", "household_id", "household_number",
    "household_of", "import_batch", "import_choice", "import_household", "import_line", "import_mapping",
    "lacking", "lacking_counts", "mark", "member_counts", "member_named", "members_met", "membership", "person",
    "person_alias", "persons_of", "place_of", "read_card", "record_category", "records", "records_by_id",
    "registry_change", "registry_changes", "residence", "save_household", "standing", "subject_named",
    "take_from_card", "turned", "undo_import", "valid_on", "villages", "write",
]
