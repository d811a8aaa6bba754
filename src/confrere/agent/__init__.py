"""The loop: fold the journal, ask the model for the next call, pass it through the gate, append what happened.

Here live a task's life, its context, its verification and its report. No channel and no screen is known here.
"""
