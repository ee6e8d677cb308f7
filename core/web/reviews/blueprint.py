"""The blueprint that the pages of reviewing stand on."""

from flask import Blueprint

blueprint = Blueprint("reviews", __name__, url_prefix="/review")
