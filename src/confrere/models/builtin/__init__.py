"""The model that needs no model: it understands the common office briefs by rules, plans from the survey, and emits the plan's
calls. Pure and local; what it did not understand it says. It may know the office tools by name, nothing else may know it."""

from confrere.models.builtin.model import BuiltinModel
from confrere.models.builtin.understand import understand

__all__ = ["BuiltinModel", "understand"]
