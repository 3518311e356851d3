"""The components in a real browser: every one of them, in both directions of writing."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask, flash, g, render_template
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import DictLoader
from wtforms import (
    BooleanField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from parentportal import i18n, presentation
from tests.functional.browser import assert_sound, serving

pytestmark = pytest.mark.browser

PAGES = {
    "parent-page.html": """
{% extends "parent.html" %}
{% from "components/forms.html" import error_summary, text_field, radios_field, checkboxes_field,
   checkbox_field, textarea_field, file_field, select_field, submit, submit_field, post_button %}
{% from "components/content.html" import back_link, button_link, summary_list, progress, inset,
   warning, details, tag, panel %}
{% block title %}Everything{% endblock %}
{% block back %}{{ back_link("/officer") }}{% endblock %}
{% block content %}
  {{ error_summary(form, also=["The postcode does not match."]) }}
  {{ progress(3, 12, "Question 3 of at most 12") }}
  <h1 class="govuk-heading-l">Everything</h1>
  <p class="portal-portrait">{{ portrait }}</p>
  <form method="post" novalidate enctype="multipart/form-data">
    {{ form.hidden_tag() }}
    {{ radios_field(form.likeness, hints={"1": "As if it were me"}) }}
    {{ text_field(form.code, hint="Like ABCD-EFGH-JKLM", width=20, ltr=True, autocomplete="off") }}
    {{ text_field(form.password, type="password", autocomplete="current-password") }}
    {{ checkboxes_field(form.wishes) }}
    {{ checkbox_field(form.agreed) }}
    {{ textarea_field(form.more) }}
    {{ file_field(form.file, accept=".csv") }}
    {{ select_field(form.channel) }}
    {{ submit_field(form.go) }}
    {{ submit("Skip", name="skip", kind="secondary") }}
  </form>
  {{ post_button("Delete", "/parent", kind="warning") }}
  {{ button_link("Start now", "/officer", start=True) }}
  {{ summary_list([{"key": "Name", "value": "A <b> name", "change": "/parent"},
                   {"key": "Postcode", "value": "EX1 1ZZ"}]) }}
  {{ warning("This cannot be changed later.") }}
  {% call inset() %}<p>A quiet word.</p>{% endcall %}
  {% call details("Why we ask") %}<p>To write better letters.</p>{% endcall %}
  {% for colour in ("", "grey", "green", "blue", "red", "yellow") %}{{ tag("Draft", colour) }}
  {% endfor %}
  {% call panel("Thank you") %}We have your answers.{% endcall %}
{% endblock %}""",
    "officer-page.html": """
{% extends "officer.html" %}
{% from "components/content.html" import data_table, pagination %}
{% block title %}Families{% endblock %}
{% block content %}
  <h1 class="govuk-heading-l">Families</h1>
  <div class="portal-columns">
    <div class="portal-card"><span class="portal-number">600</span>families</div>
    <div class="portal-card"><span class="portal-number">298</span>answered</div>
  </div>
  {{ data_table("Who is in the cohort", head, rows) }}
  {{ data_table("Who is missing", head, [], empty="Nobody is missing.") }}
  {{ pagination(4, 20, address) }}
{% endblock %}""",
}
PORTRAITS = {
    "ur": "اس شخص کے لیے محفوظ جگہ پر رہنا ضروری ہے۔ وہ خطرے سے دور رہتا ہے۔",
    "en_GB": "It is important to this person to live somewhere safe.",
}


class Everything(FlaskForm):
    likeness = RadioField(
        "How much is this person like you?",
        choices={str(n): f"Answer {n}" for n in range(1, 7)},
        validators=[InputRequired("Choose an answer.")],
    )
    code = StringField("Your code", validators=[InputRequired("Type the code in your letter.")])
    password = PasswordField("Password")
    wishes = SelectMultipleField(
        "What would help?",
        choices={"a": "Money for fuel", "b": "Somebody to go along"},
        validators=[InputRequired("Choose one or more.")],
    )
    agreed = BooleanField("You may ask me again")
    more = TextAreaField("Anything else?", default="</textarea><script>x</script>")
    file = FileField("A file", validators=[InputRequired("Choose a file.")])
    channel = SelectField("How should we write?", choices={"letter": "Letter", "email": "Email"})
    go = SubmitField("Continue")


@pytest.fixture(scope="module")
def sampler():
    """The address of a small service that shows every component under the strict policy."""
    app = Flask("parentportal")
    app.secret_key = "for tests alone"
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    i18n.register(app)
    presentation.register(app, lambda: presentation.Brand("Exampleshire County Council"))
    app.jinja_loader = type(app.jinja_loader)([DictLoader(PAGES), app.jinja_loader])
    CSRFProtect(app)
    app.before_request(lambda: setattr(g, "csp_nonce", "once"))

    @app.after_request
    def policy(response):
        response.headers["Content-Security-Policy"] = (
            "default-src 'self'; style-src 'self'; script-src 'self' 'nonce-once'"
        )
        return response

    @app.route("/parent", methods=["GET", "POST"])
    def parent():
        form = Everything()
        if form.is_submitted():
            form.validate()
        else:
            flash("Your answers are kept.", "success")
            flash("The service is closed on Sunday.")
        language = i18n.page_language().code
        portrait = PORTRAITS.get(language, PORTRAITS["en_GB"])
        return render_template("parent-page.html", form=form, portrait=portrait)

    @app.get("/officer")
    def officer():
        return render_template(
            "officer-page.html",
            officer=SimpleNamespace(name="Sam Sample"),
            navigation=[
                {"text": text, "href": "/officer", "current": text == "Families"}
                for text in ("Families", "Survey", "Letters", "Approvals", "Groups", "Settings")
            ],
            head=["Reference", "Name", "School", "Language", {"text": "Miles", "numeric": True}],
            rows=[
                [f"F{n}", "Ashley Sample", "Long Meadow School", "English",
                 {"text": f"{n}.2", "numeric": True}] for n in range(1, 6)
            ],
            address=lambda number: f"?page={number}",
        )  # fmt: skip

    @app.post("/sign-out", endpoint="desk.sign_out")
    def sign_out():
        return ""

    with serving(app) as address:
        yield address


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("language", ["en_GB", "ur"])
@pytest.mark.parametrize("path", ["/parent", "/officer"])
def test_every_component_is_sound(sampler, visitor, screenshot, path, language, width):
    someone = visitor(sampler, width=width, language=language)
    page = someone.page()
    page.goto(f"{path}?language={language}")
    screenshot(page, f"components{path.replace('/', '-')}-{language}-{width}")
    assert_sound(page, someone)


@pytest.mark.parametrize("javascript", [True, False])
def test_what_is_wrong_is_listed_and_each_line_leads_to_its_field(sampler, visitor, javascript):
    someone = visitor(sampler, width=320, javascript=javascript)
    page = someone.page()
    page.goto("/parent")
    page.get_by_role("button", name="Continue").click()
    assert page.title().startswith("Error: Everything")
    summary = page.locator(".govuk-error-summary")
    assert summary.get_by_role("link").all_inner_texts() == [
        "Choose an answer.",
        "Type the code in your letter.",
        "Choose one or more.",
        "Choose a file.",
    ]
    for link in summary.get_by_role("link").all():
        target = page.locator(f'[id="{link.get_attribute("href").removeprefix("#")}"]')
        assert target.count() == 1
        assert target.get_attribute("name")
    assert_sound(page, someone)


def test_an_answer_is_chosen_by_pressing_anywhere_on_its_row(sampler, visitor):
    page = visitor(sampler, width=320, javascript=False).page()
    page.goto("/parent")
    row = page.locator(".govuk-radios__item").nth(2)
    box = row.bounding_box()
    assert box["height"] >= 44
    row.click(position={"x": box["width"] - 6, "y": box["height"] - 4})
    assert page.get_by_label("Answer 3").is_checked()


def test_the_keyboard_reaches_the_content_first(sampler, visitor):
    page = visitor(sampler).page()
    page.goto("/officer")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"


def test_a_language_is_chosen_without_a_script_and_the_page_turns_round(sampler, visitor):
    page = visitor(sampler, javascript=False).page()
    page.goto("/parent?page=3")
    page.get_by_role("link", name="اردو").click()
    assert page.url.endswith("/parent?page=3&language=ur")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.goto("/officer")
    assert page.locator("html").get_attribute("lang") == "ur"


def test_nothing_moves_while_a_page_loads(sampler, visitor):
    page = visitor(sampler, width=390).page()
    page.add_init_script(
        """
        window.moved = 0
        new PerformanceObserver(list => {
          for (const entry of list.getEntries()) window.moved += entry.value
        }).observe({type: "layout-shift", buffered: true})""".replace("\n        ", "\n")
    )
    for path in ("/parent", "/officer"):
        page.goto(path, wait_until="networkidle")
        assert page.evaluate("window.moved") < 0.01, path
