from programs.models.coverage import CoverageNote
from programs.models.indicators import Indicator, IndicatorHSCode, Observation, Target
from programs.models.organizations import Institute
from programs.models.programs import (
    Effect,
    Milestone,
    Phase,
    Program,
    ProgramMaterial,
    ProgramMeasure,
    ProgramPartner,
    Statement,
)
from programs.models.projects import Project, ProjectNorm, ProjectPerformer
from programs.models.reports import PhaseReport, PhaseReportFile
from programs.models.requests import (
    Directive,
    DirectiveAddressee,
    Integration,
    IntegrationInput,
    Response,
    Survey,
    SurveyFeed,
)

__all__ = [
    "CoverageNote",
    "Directive",
    "DirectiveAddressee",
    "Effect",
    "Indicator",
    "IndicatorHSCode",
    "Institute",
    "Integration",
    "IntegrationInput",
    "Milestone",
    "Observation",
    "Phase",
    "PhaseReport",
    "PhaseReportFile",
    "Program",
    "ProgramMaterial",
    "ProgramMeasure",
    "ProgramPartner",
    "Project",
    "ProjectNorm",
    "ProjectPerformer",
    "Response",
    "Statement",
    "Survey",
    "SurveyFeed",
    "Target",
]
