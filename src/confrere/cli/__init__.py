"""The command line. It shows and asks; what it does is done by ``agent`` and below, imported only when a command needs it."""
