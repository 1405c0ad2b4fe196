"""What tasks start from. It is apart from the notebooks, which would give it away."""
