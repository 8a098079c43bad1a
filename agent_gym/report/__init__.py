"""How far a gym can be trusted: raw records, and the report card made from them."""

from agent_gym.report.card import ReportCard
from agent_gym.report.lights import Light
from agent_gym.report.making import report
from agent_gym.report.records import Records
from agent_gym.report.sections import Section

__all__ = ["Light", "Records", "ReportCard", "Section", "report"]
