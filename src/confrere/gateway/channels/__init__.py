"""Where people talk to it: the protocol of a channel, the terminal that ``confrere up`` runs in, and the page.

Messengers are channels, too.
"""
