"""A room of a plug-in whose operations misbehave in every way that a door must survive."""
