"""The list of deliberate faults follows the tree. That tests find them is for `make mutants`."""

from tests.mutants import complaints, mutants


def test_every_fault_of_the_list_can_be_made_in_this_tree():
    assert len(mutants()) >= 50
    assert complaints() == []


def test_no_fault_is_there_twice():
    assert len({one["fault"] for one in mutants()}) == len(mutants())
