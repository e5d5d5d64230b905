"""The pictures of the page on experiments, and what draws them."""
