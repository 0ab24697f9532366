"""Grading notebooks of students nobody vouches for: in a box, judged from outside it."""
