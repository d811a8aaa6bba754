"""The injection suite: an obedient malicious model through the real loop, gate, sandbox and a sink that records what arrives; and the
ordinary tasks that show what safety costs. ``bench/injection.py`` runs all of it; the tests here run a part."""
