"""The ways out: where an approved message goes."""
