"""Typed functions the agent may call, each with a declared effect. A tool reaches files only through the view it is
handed; what it did is journaled by the gate, its only caller."""
