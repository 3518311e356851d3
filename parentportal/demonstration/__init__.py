"""A practice council: plainly synthetic families, put through the same operations as real ones."""
