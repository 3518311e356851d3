"""Pages."""

from flask import Blueprint

bp = Blueprint("survey", __name__, url_prefix="/survey")
