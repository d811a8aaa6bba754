"""What runs by itself: times in plain words (``when``), the table of schedules (``table``), the clock that starts them (``clock``),
watched folders (``watch``) and signed webhooks (``hooks``). A schedule only begins tasks: what they may do is the policy's.
"""
