"""What runs inside the virtual machine beside the resident agent: its first script, and the relay to the proxy. Never imported."""
