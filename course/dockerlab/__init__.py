"""What the lessons import: the engine, the images, the explorers."""
