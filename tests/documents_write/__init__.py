"""The deliverables and their verification."""
