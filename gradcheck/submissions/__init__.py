"""Is this student's file right? It is read, asked, judged, explained and scored."""

DOORS = ("not_judged", "reading.files", "reading.teachers_adapter", "validation")
