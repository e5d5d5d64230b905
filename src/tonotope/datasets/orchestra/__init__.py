"""The toy orchestra: sixteen instruments, ten players of each, synthesised in a few seconds."""
