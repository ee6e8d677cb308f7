"""The one blueprint of all pages about cases."""

from flask import Blueprint

blueprint = Blueprint("cases", __name__, url_prefix="/cases")
