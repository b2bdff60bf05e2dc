"""Text -> Document: YAML with positions, templates, dotenv files, and YAML out again; pure.

The one home of PyYAML. Nothing here knows what a service is or opens a file.
"""
