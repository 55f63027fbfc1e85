"""The projector: embeddings as points in space."""
