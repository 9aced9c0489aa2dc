"""Organisations and projects as somebody typed them into an application's form: nothing is right or wrong yet."""

from __future__ import annotations

from pydantic import Field

from contracts.message import Message
from contracts.typed import TypedLabels, TypedLine, TypedLines, TypedTruth


class DeclaredOrganisation(Message):
    """An organisation as somebody typed it; null means that the form did not say. Intake repairs it or asks back."""

    name: TypedLine = Field(default=None, description="Name as the organisation writes it, at most 200 characters")
    siren: TypedLine = Field(default=None, description="SIREN, nine digits, as typed")
    siret: TypedLine = Field(default=None, description="SIRET of an establishment, fourteen digits, as typed")
    rna: TypedLine = Field(default=None, description="Number in the national register of associations, as typed")
    legal_form: TypedLine = Field(
        default=None, description="association, foundation, endowment-fund, esus-company, corporate-foundation …"
    )
    commune: TypedLine = Field(
        default=None, description="The headquarters' commune: its INSEE code, or its name with its postal code"
    )
    published_on: TypedLine = Field(default=None, description="Day of publication in the Journal officiel")
    esus_approved_on: TypedLine = Field(default=None, description="Day of the approval as an ESUS company")
    operating_income_eur: TypedLine = Field(default=None, description="Whole euros, in `income_year`")
    income_year: TypedLine = Field(default=None, description="Calendar year of `operating_income_eur`")
    laureate: TypedTruth = Field(default=None, description="Already a laureate of the national contest")
    laureate_year: TypedLine = Field(default=None, description="Calendar year of that laureate's edition")


class DeclaredProject(Message):
    """The project as somebody typed it; whether its text may be published, the form says by `texts_public`."""

    title: TypedLine = Field(default=None, description="Name of the project, at most 200 characters")
    summary: TypedLines = Field(
        default="", description="What the project does, for whom and how, at most 10,000 characters"
    )
    themes: TypedLabels = Field(default=(), description="Social themes that it works on, at most 20")
    publics: TypedLabels = Field(default=(), description="Whom it serves, at most 20")
    territories: TypedLabels = Field(
        default=(), description="Where in the city, at most 50; empty where the form did not say"
    )
    spread_within_years: TypedLine = Field(
        default=None, description="Years until it works in another administrative region"
    )
