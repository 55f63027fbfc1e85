"""A cloud of points in two or three dimensions: camera, scene, two renderers with one picture, picking and labels."""
