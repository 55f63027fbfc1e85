"""The process that computes projections: the program's side (:mod:`.client`) and its own (:mod:`.child`). No Qt."""
