"""The law: labels, rules, grants, approvals and the gate, the only way from a decision to an effect.

Policy knows tools by their manifest, never by name, and asks no model.
"""
