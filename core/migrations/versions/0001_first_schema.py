"""The first schema."""

import sqlalchemy as sa
from alembic import op

from core import db
from core.migrations.append_only import guard

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "access_event",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_event")),
    )
    op.create_index(op.f("ix_access_event_user_id"), "access_event", ["user_id"], unique=False)
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "decision",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("signer", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("key", name=op.f("uq_decision_key")),
    )
    op.create_table(
        "definition",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("first_used_at", db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "version", name=op.f("pk_definition")),
    )
    op.create_table(
        "file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("stored_at", db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file")),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("from_state", sa.String(length=32), nullable=True),
        sa.Column("to_state", sa.String(length=32), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index("uq_history_case_id_seq", "history", ["case_id", "seq"], unique=True)
    op.create_table(
        "history_value",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "seq", "name", name=op.f("pk_history_value")),
    )
    op.create_table(
        "loaded_data",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_loaded_data")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_folded", sa.String(length=200), nullable=False),
        sa.Column("sort_key", sa.LargeBinary(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("sex", sa.String(length=6), nullable=True),
        sa.Column("ethnic_code", sa.String(length=2), nullable=True),
        sa.Column("ethnic_list", sa.String(length=16), nullable=True),
        sa.Column("id_number", sa.String(length=12), nullable=True),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("created_at", db.Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_person_sex")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_id_number"), "person", ["id_number"], unique=False)
    op.create_table(
        "registry_change",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_change")),
    )
    op.create_index(op.f("ix_registry_change_household_id"), "registry_change", ["household_id"], unique=False)
    op.create_table(
        "registry_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_version")),
    )
    op.create_table(
        "seal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index("ix_sign_in_attempt_address_at", "sign_in_attempt", ["address", "at"], unique=False)
    op.create_index("ix_sign_in_attempt_login_at", "sign_in_attempt", ["login", "at"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("province_id", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("abbr", sa.String(length=8), nullable=True),
        sa.Column("settlement", sa.String(length=8), nullable=True),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name=op.f("ck_unit_level")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_unit_district_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.ForeignKeyConstraint(["province_id"], ["unit.id"], name=op.f("fk_unit_province_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_index(op.f("ix_unit_code"), "unit", ["code"], unique=False)
    op.create_index(op.f("ix_unit_parent_id"), "unit", ["parent_id"], unique=False)
    op.create_index(op.f("ix_unit_province_id_level"), "unit", ["province_id", "level"], unique=False)
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.String(length=300), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change", sa.Integer(), nullable=False),
        sa.Column("locked_at", db.Moment(timezone=True), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", db.Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", db.Moment(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_api_token_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "decision_case",
        sa.Column("decision_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("transition", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_case_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", "case_id", "transition", name=op.f("pk_decision_case")),
    )
    op.create_index("ix_decision_case_case_id", "decision_case", ["case_id"], unique=False)
    op.create_table(
        "decision_file",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("attached_at", db.Moment(timezone=True), nullable=False),
        sa.Column("attached_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_file_decision_id")),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_decision_file_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_file")),
    )
    op.create_index(op.f("ix_decision_file_decision_id"), "decision_file", ["decision_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("attached_at", db.Moment(timezone=True), nullable=False),
        sa.Column("attached_by", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_document_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_case_id"), "document", ["case_id"], unique=False)
    op.create_table(
        "fund",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("capital", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("province_id", sa.Integer(), nullable=True),
        sa.Column("allocated", sa.BigInteger(), nullable=False),
        sa.Column("committed", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "0 <= paid AND paid <= committed AND committed <= allocated", name=op.f("ck_fund_never_overspent")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["unit.id"], name=op.f("fk_fund_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_fund_code")),
    )
    op.create_index("ix_fund_programme_year", "fund", ["programme", "year"], unique=False)
    op.create_table(
        "household",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("province_id", sa.BigInteger(), nullable=True),
        sa.Column("village", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("set_up_on", sa.Date(), nullable=True),
        sa.Column("head_person_id", sa.BigInteger(), nullable=True),
        sa.Column("head_name", sa.String(length=200), nullable=False),
        sa.Column("head_sort_key", sa.LargeBinary(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", db.Moment(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", db.Moment(timezone=True), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_household_district_id")),
        sa.ForeignKeyConstraint(["head_person_id"], ["person.id"], name=op.f("fk_household_head_person_id")),
        sa.ForeignKeyConstraint(["province_id"], ["unit.id"], name=op.f("fk_household_province_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_household_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_household_unit_id_code")),
    )
    op.create_index("ix_household_code", "household", ["code"], unique=False)
    op.create_index("ix_household_district", "household", ["district_id", "head_sort_key", "id"], unique=False)
    op.create_index("ix_household_head", "household", ["head_sort_key", "id"], unique=False)
    op.create_index("ix_household_province", "household", ["province_id", "head_sort_key", "id"], unique=False)
    op.create_index("ix_household_unit", "household", ["unit_id", "head_sort_key", "id"], unique=False)
    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("province_id", sa.BigInteger(), nullable=True),
        sa.Column("for_unit_id", sa.BigInteger(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("uploaded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", db.Moment(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_import_batch_district_id")),
        sa.ForeignKeyConstraint(["for_unit_id"], ["unit.id"], name=op.f("fk_import_batch_for_unit_id")),
        sa.ForeignKeyConstraint(["province_id"], ["unit.id"], name=op.f("fk_import_batch_province_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_import_batch_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index("ix_import_batch_for_unit_id_sha256", "import_batch", ["for_unit_id", "sha256"], unique=False)
    op.create_table(
        "parameter",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("area_kind", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column("verified", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("origin", sa.String(length=100), nullable=True),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["unit.id"], name=op.f("fk_parameter_place_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter")),
    )
    op.create_index(op.f("ix_parameter_name"), "parameter", ["name"], unique=False)
    op.create_table(
        "person_alias",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_alias_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_alias")),
    )
    op.create_index(op.f("ix_person_alias_person_id"), "person_alias", ["person_id"], unique=False)
    op.create_index(op.f("ix_person_alias_value"), "person_alias", ["value"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("granted_by", sa.BigInteger(), nullable=True),
        sa.Column("granted_at", db.Moment(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_grant_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_role_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_user_id"), "role_grant", ["user_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("province_id", sa.Integer(), nullable=False),
        sa.Column("round_seq", sa.Integer(), nullable=False),
        sa.Column("not_by", sa.String(length=200), nullable=False),
        sa.Column("since", db.Moment(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_case_id", "task", ["case_id"], unique=False)
    op.create_index("ix_task_role_district_id", "task", ["role", "district_id", "due_on", "id"], unique=False)
    op.create_index("ix_task_role_due_on", "task", ["role", "due_on", "id"], unique=False)
    op.create_index("ix_task_role_province_id", "task", ["role", "province_id", "due_on", "id"], unique=False)
    op.create_index("ix_task_role_unit_id", "task", ["role", "unit_id", "due_on", "id"], unique=False)
    op.create_table(
        "unit_class",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("village", sa.String(length=120), nullable=True),
        sa.Column("classification", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=24), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_class_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_class")),
    )
    op.create_index(
        op.f("ix_unit_class_unit_id_classification"), "unit_class", ["unit_id", "classification"], unique=False
    )
    op.create_table(
        "unit_name",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("folded", sa.String(length=240), nullable=False),
        sa.Column("sort_key", sa.LargeBinary(), nullable=False),
        sa.Column("from_file", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_name_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_name")),
    )
    op.create_index(op.f("ix_unit_name_unit_id"), "unit_name", ["unit_id"], unique=False)
    op.create_table(
        "unit_successor",
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.String(length=8), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("from_file", sa.Boolean(), nullable=False),
        sa.CheckConstraint("share IN ('whole', 'part')", name=op.f("ck_unit_successor_share")),
        sa.ForeignKeyConstraint(["from_id"], ["unit.id"], name=op.f("fk_unit_successor_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["unit.id"], name=op.f("fk_unit_successor_to_id")),
        sa.PrimaryKeyConstraint("from_id", "to_id", name=op.f("pk_unit_successor")),
    )
    op.create_index(op.f("ix_unit_successor_to_id"), "unit_successor", ["to_id"], unique=False)
    op.create_table(
        "user_session",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("started_at", db.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.String(length=300), nullable=False),
        sa.Column("allocated_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_allocation_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index(op.f("ix_allocation_fund_id"), "allocation", ["fund_id"], unique=False)
    op.create_table(
        "case",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("programme", sa.String(length=64), nullable=False),
        sa.Column("programme_version", sa.String(length=12), nullable=False),
        sa.Column("workflow", sa.String(length=64), nullable=False),
        sa.Column("workflow_version", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("about_case", sa.BigInteger(), nullable=True),
        sa.Column("subject_name", sa.String(length=200), nullable=False),
        sa.Column("subject_sort_key", sa.LargeBinary(), nullable=False),
        sa.Column("village", sa.String(length=200), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("open_key", sa.String(length=100), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("province_id", sa.Integer(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", db.Moment(timezone=True), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("state_since", db.Moment(timezone=True), nullable=False),
        sa.Column("changed_at", db.Moment(timezone=True), nullable=False),
        sa.Column("round_seq", sa.Integer(), nullable=False),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("history_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("household_id IS NOT NULL OR about_case IS NOT NULL", name=op.f("ck_case_subject")),
        sa.ForeignKeyConstraint(["about_case"], ["case.id"], name=op.f("fk_case_about_case")),
        sa.ForeignKeyConstraint(["district_id"], ["unit.id"], name=op.f("fk_case_district_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_case_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_person_id")),
        sa.ForeignKeyConstraint(["province_id"], ["unit.id"], name=op.f("fk_case_province_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_case_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
        sa.UniqueConstraint("open_key", name=op.f("uq_case_open_key")),
    )
    op.create_index("ix_case_changed_at", "case", ["changed_at", "id"], unique=False)
    op.create_index("ix_case_district_id", "case", ["district_id", "changed_at", "id"], unique=False)
    op.create_index("ix_case_household_id", "case", ["household_id"], unique=False)
    op.create_index("ix_case_province_id", "case", ["province_id", "changed_at", "id"], unique=False)
    op.create_index("ix_case_unit_id", "case", ["unit_id", "changed_at", "id"], unique=False)
    op.create_table(
        "cause",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_cause_household_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_cause_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause")),
    )
    op.create_index(op.f("ix_cause_household_id"), "cause", ["household_id"], unique=False)
    op.create_table(
        "demand",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("wanted", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_demand_household_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_demand_import_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_demand_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
    )
    op.create_index(op.f("ix_demand_household_id"), "demand", ["household_id"], unique=False)
    op.create_table(
        "household_category",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.String(length=10), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("score_a", sa.Integer(), nullable=True),
        sa.Column("score_b", sa.Integer(), nullable=True),
        sa.Column("indicator_set", sa.String(length=16), nullable=True),
        sa.Column("deprivations", sa.Integer(), nullable=True),
        sa.Column("decision_number", sa.String(length=64), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision_issuer", sa.String(length=200), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", db.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("line IN ('national', 'provincial')", name=op.f("ck_household_category_line")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_household_category_household_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_household_category_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_category")),
    )
    op.create_index("ix_household_category_household", "household_category", ["household_id", "line"], unique=False)
    op.create_table(
        "mark",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", db.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("(household_id IS NULL) <> (person_id IS NULL)", name=op.f("ck_mark_subject")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_mark_household_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_mark_import_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mark_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
    )
    op.create_index(op.f("ix_mark_household_id"), "mark", ["household_id"], unique=False)
    op.create_index(op.f("ix_mark_person_id"), "mark", ["person_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_membership_household_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_membership_import_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_household_id"), "membership", ["household_id"], unique=False)
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_table(
        "residence",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("import_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", db.Moment(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('permanent', 'temporary')", name=op.f("ck_residence_kind")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_residence_household_id")),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_residence_import_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_residence_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residence")),
    )
    op.create_index(op.f("ix_residence_household_id"), "residence", ["household_id"], unique=False)
    op.create_index(op.f("ix_residence_person_id"), "residence", ["person_id"], unique=False)
    op.create_table(
        "case_fact",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=300), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_fact_case_id")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_case_fact")),
    )
    op.create_index("ix_case_fact_name_code", "case_fact", ["name", "code"], unique=False)
    op.create_index("ix_case_fact_name_number", "case_fact", ["name", "number"], unique=False)
    op.create_table(
        "case_place",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_place_case_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_case_place_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_place")),
    )
    op.create_index(op.f("ix_case_place_case_id"), "case_place", ["case_id"], unique=False)
    op.create_table(
        "commitment",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("released", sa.BigInteger(), nullable=False),
        sa.Column("committed_at", db.Moment(timezone=True), nullable=False),
        sa.Column("committed_by", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "0 <= paid AND 0 <= released AND paid + released <= amount", name=op.f("ck_commitment_within_amount")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_commitment_case_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_commitment_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
    )
    op.create_index(op.f("ix_commitment_case_id"), "commitment", ["case_id"], unique=False)
    op.create_index(op.f("ix_commitment_fund_id"), "commitment", ["fund_id"], unique=False)
    op.create_table(
        "draft",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_draft_case_id")),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "instalment",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_at", db.Moment(timezone=True), nullable=True),
        sa.Column("paid_by", sa.BigInteger(), nullable=True),
        sa.Column("payee", sa.String(length=200), nullable=True),
        sa.Column("voucher", sa.String(length=100), nullable=True),
        sa.Column("cancelled_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_instalment_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instalment")),
        sa.UniqueConstraint("case_id", "code", name=op.f("uq_instalment_case_id_code")),
    )
    op.create_table(
        "passed_step",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("passed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_passed_step_case_id")),
        sa.PrimaryKeyConstraint("case_id", "step", name=op.f("pk_passed_step")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("passed", sa.Integer(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("verdicts", sa.Text(), nullable=False),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_visit_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("case_id", "step", "attempt", name=op.f("uq_visit_case_id_step_attempt")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("instalment_id", sa.BigInteger(), nullable=False),
        sa.Column("commitment_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"], name=op.f("fk_payment_commitment_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_payment_fund_id")),
        sa.ForeignKeyConstraint(["instalment_id"], ["instalment.id"], name=op.f("fk_payment_instalment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index(op.f("ix_payment_fund_id"), "payment", ["fund_id"], unique=False)
    op.create_index(op.f("ix_payment_instalment_id"), "payment", ["instalment_id"], unique=False)
    for table in ("history", "seal", "access_event", "registry_change", "allocation", "payment"):
        guard(table)
