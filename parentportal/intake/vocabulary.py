"""The words of a cohort file: its columns, the flags a family may carry, numbers never kept."""

from __future__ import annotations

from enum import StrEnum


class Column(StrEnum):
    """The canonical columns, in the order of the template."""

    FAMILY_REFERENCE = "family_reference"
    CARER_NAME = "carer_name"
    ADDRESS_LINE_1 = "address_line_1"
    ADDRESS_LINE_2 = "address_line_2"
    ADDRESS_LINE_3 = "address_line_3"
    ADDRESS_LINE_4 = "address_line_4"
    ADDRESS_LINE_5 = "address_line_5"
    ADDRESS_LINE_6 = "address_line_6"
    ADDRESS_LINE_7 = "address_line_7"
    PHONE = "phone"
    EMAIL = "email"
    LANGUAGE = "language"
    CHILD_REFERENCE = "child_reference"
    CHILD_FIRST_NAME = "child_first_name"
    AGE_BAND = "age_band"
    SCHOOL = "school"
    PRESENT_TRAVEL = "present_travel"
    ANNUAL_COST = "annual_cost"
    MILES = "miles"
    OFFERS_OPEN = "offers_open"
    FLAGS = "flags"


ADDRESS_LINES: tuple[Column, ...] = tuple(c for c in Column if c.startswith("address_line_"))


class Flag(StrEnum):
    """What has to be honoured before anybody writes to a family (Data Protection Act, DPIA)."""

    DO_NOT_CONTACT = "do-not-contact"
    CARE_ORDER = "care-order"
    SAFEGUARDING = "safeguarding"
    BEREAVEMENT = "bereavement"
    SHARED_PARENTING = "shared-parenting"
    APPEAL_OPEN = "appeal-open"
    TRIBUNAL_OPEN = "tribunal-open"
    COMPLAINT_OPEN = "complaint-open"
    HOSPITAL_STAY = "hospital-stay"
    SCHOOL_MOVE = "school-move"


class Identifier(StrEnum):
    """Numbers that this service never needs and never keeps."""

    UPN = "upn"
    ULN = "uln"
    NHS = "nhs"
    NATIONAL_INSURANCE = "national-insurance"
