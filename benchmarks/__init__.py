"""How fast the library is, beside JoeyNMT 2.3.0 and OpenNMT-py 3.5.1: `make bench`.

__main__         makes the environment of the peers, measures in it, writes RESULTS.md
shapes           what is measured: sizes, cells, their targets and their floating point operations
ours, peers_joeynmt, peers_opennmt
                 one job each for a cell: a training step, or the search of a batch
stand_ins        what the peers import and a benchmark never calls
equal            the same weights give the same logits and beams, shown before anything is timed
measure          runs in the peers' environment: alternating rounds, memory, growth
ratios           ratios of the rounds, and how they are told
report, plot     RESULTS.md and its plot

The tests of the course don't run it: it takes a quarter of an hour and installs the peers.
"""
