"""What the API takes and answers (see docs/api.md), a module an area. Each is a msgspec Struct, and so a schema of the OpenAPI document;
nothing here does anything but hold."""
