"""Sound as it comes, from a microphone or as raw PCM: answers, label changes, OSC, clean sound."""
