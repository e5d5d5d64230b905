"""The pictures of the lecture, drawn from sound by the reference: `python -m docs.lecture.draw`."""
