"""Administrative units of Việt Nam: country, provinces, districts (to 30/06/2025), communes, by code and date."""

from core.domain.units.classes import classify, difficulties, difficulty, reclassified, settlement, settlements
from core.domain.units.loading import load_units
from core.domain.units.lookup import (
    LEVEL_COLUMNS,
    Place,
    Successor,
    Unit,
    children,
    level_column,
    names,
    path_names,
    search_units,
    successors,
    unit_by_code,
    unit_by_id,
)
from core.domain.units.tables import (
    CLASSIFICATIONS,
    COUNTRY,
    KINDS,
    loaded_data,
    unit,
    unit_class,
    unit_name,
    unit_successor,
    valid_on,
)
from core.domain.units.territory import territory

__all__ = [
    "CLASSIFICATIONS", "COUNTRY", "KINDS", "LEVEL_COLUMNS", "Place", "Successor", "Unit", "children", "classify",
    "difficulties", "difficulty", "level_column", "load_units", "loaded_data", "names", "path_names",
    "reclassified", "search_units", "settlement", "settlements", "successors", "territory", "unit",
    "unit_by_code", "unit_by_id", "unit_class", "unit_name", "unit_successor", "valid_on",
]
