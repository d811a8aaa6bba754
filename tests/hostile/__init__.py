"""Files made to break a reader: none may crash, hang, write, reach out, or stop the others."""
