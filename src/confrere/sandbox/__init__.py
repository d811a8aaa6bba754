"""Where commands and scripts run: it sees the workspace and nothing else."""
