"""The web page in a real Chromium: every view against a stand-in for the gateway, and the whole story against the gateway itself."""
