"""What makes the stored runs, checkpoints and fonts of the course again."""
