"""The widgets that paint clean text: tables, lines, panels."""
