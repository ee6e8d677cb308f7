"""A field is data: form, JSON Schema, stored answer and printed value are made from one declaration.

| type        | stored as          | typed in a form as                           |
|-------------|--------------------|----------------------------------------------|
| integer     | int                | 24, 1.200                                    |
| money       | int, đồng          | 40.000.000, 40 triệu                         |
| date        | ISO text           | 05/02/2026 or 2026-02-05                     |
| yes_no      | bool               | có / không                                   |
| code        | one of ``choices`` | a choice                                     |
| text        | text, one line     |                                              |
| long_text   | text               |                                              |
"""

from core.fields.declaration import LARGEST, PRIVACY, TYPES, Field, asked, freeze, thaw
from core.fields.forms import form_class
from core.fields.masking import HIDDEN, MASKED, mask
from core.fields.reading import Unreadable, missing, parse, parse_date, read
from core.fields.showing import PARTED, entered, json_schema, show

__all__ = [
    "HIDDEN",
    "LARGEST",
    "MASKED",
    "PARTED",
    "PRIVACY",
    "TYPES",
    "Field",
    "Unreadable",
    "asked",
    "entered",
    "form_class",
    "freeze",
    "json_schema",
    "mask",
    "missing",
    "parse",
    "parse_date",
    "read",
    "show",
    "thaw",
]
