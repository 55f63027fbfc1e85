"""The mathematics of the projector: numpy and scipy, no Qt; scikit-learn for clustering alone.

Everything long takes a :class:`~.control.Control`, which it tells how far it is and which can end it.
"""
