"""A gym for the trainers and evaluators that people already use, a small module for each: `mcp`,
`openenv`, `trl`, `verifiers`, `inspect`. Each needs the extra of its name."""
