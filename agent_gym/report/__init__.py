"""How far a gym can be trusted: raw records, and the report card made from them."""
from agent_gym.report.card import ReportCard, report
from agent_gym.report.records import Records, collect
from agent_gym.report.sections import Section, Table

__all__ = ["Records", "ReportCard", "Section", "Table", "collect", "report"]
