"""How far a gym can be trusted: raw records, the report card made from them, and failed conversations tried again."""
from agent_gym.report.card import ReportCard, report
from agent_gym.report.records import Records, collect
from agent_gym.report.retry import Retries, retry
from agent_gym.report.sections import Section, Table

__all__ = ["Records", "ReportCard", "Retries", "Section", "Table", "collect", "report", "retry"]
