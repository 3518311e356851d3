"""The pages that always stand: privacy, cookies, accessibility, contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, render_template

from parentportal.survey.blueprint import bp, questions_asked

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/privacy")
def privacy() -> ResponseReturnValue:
    """The privacy notice, for anybody at any time."""
    return render_template("survey/privacy.html", **questions_asked())


@bp.get("/cookies")
def cookies() -> ResponseReturnValue:
    """The one cookie there is, strictly needed."""
    name = current_app.config["SESSION_COOKIE_NAME"]
    hours = int(current_app.permanent_session_lifetime.total_seconds() // 3600)
    return render_template("survey/cookies.html", name=name, hours=hours)


@bp.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    """The statement a public body has to make, and what was really tested."""
    return render_template("survey/accessibility.html")


@bp.get("/contact")
def contact() -> ResponseReturnValue:
    """Who answers, by telephone, email and post."""
    return render_template("survey/contact.html")
