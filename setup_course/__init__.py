"""What course.py does, with Python's standard library only: it runs before anything is installed.

commands     what each command does
environment  .venv: made, filled, healed; a stamp says when there is nothing to do
packages     which command line installs what, and where the CPU build of torch comes from
my_work      the learner's copies: what is copied, updated, kept
tidy         notebooks as executed, without what differs in every run
tools        Node, npm packages and a browser, for decks and tests
failures     what went wrong, and what to do
"""
