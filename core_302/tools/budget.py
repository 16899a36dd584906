"""Budget: how much money tools may still spend, and how many images they may make.

A model decides when a tool is called, so the operator sets limits. They hold under concurrent
calls: a job reserves its share before it is sent, and releases what it did not use.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from core_302.errors import AI302Error, BudgetError, ConfigurationError

ASSUMED_PRICE = 0.1  # PTC for one image, until a more expensive one was seen


@dataclass
class Reservation:
    """What one job has reserved: images, if it makes any, and the assumed cost (PTC)."""

    images: int
    cost: float
    surely_billed: bool = False


class Budget:
    """The limits of tools, and what is used of them. Safe to share between threads and tasks.

    Args:
        most_images: The most images in the tools' lifetime, or None.
        budget: The most money in the tools' lifetime, in PTC (1 PTC is 1 US dollar), or None.
        assumed_price: The assumed cost of an image until its record is read, in PTC.

    Raises:
        ConfigurationError: A limit is not a positive number.
    """

    def __init__(
        self,
        most_images: int | None = None,
        budget: float | None = None,
        assumed_price: float = ASSUMED_PRICE,
    ) -> None:
        for name, limit in (
            ("max_images", most_images),
            ("budget", budget),
            ("assumed_price", assumed_price),
        ):
            if limit is not None and not limit > 0:
                raise ConfigurationError(f"{name} must be more than 0, not {limit}.")
        self.most_images = most_images
        self.budget = budget
        self.images = 0
        self.spent = 0.0
        self._price = assumed_price
        self._lock = threading.Lock()

    @contextmanager
    def reserve(self, images: int = 0, cost: float | None = None) -> Iterator[Reservation]:
        """Reserve what a job may cost; set the real cost on the reservation.

        A failure that surely was not billed releases the reservation; any other keeps it.

        Args:
            images: How many images it makes.
            cost: What it is assumed to cost, in PTC; by default, what its images are.

        Raises:
            BudgetError: It is more than what is left.
        """
        taken = self._take(images, cost)
        used = Reservation(taken.images, taken.cost)
        try:
            yield used
        except AI302Error as error:
            if error.billed == "no" and not used.surely_billed:
                used = Reservation(0, 0.0)
            raise
        finally:
            self._settle(taken, used)

    def _take(self, images: int, assumed: float | None) -> Reservation:
        with self._lock:
            cost = images * self._price if assumed is None else assumed
            if self.most_images is not None and self.images + images > self.most_images:
                left = max(0, self.most_images - self.images)
                raise BudgetError(
                    f"This tool may make {self.most_images} images, and {left} are left: nothing "
                    "was sent. Answer with the images that you have."
                )
            if self.budget is not None and self.spent + cost > self.budget:
                raise BudgetError(
                    f"This tool may spend {self.budget:g} PTC, and {self.spent:.4g} are spent or "
                    f"reserved: nothing was sent. Answer with {_what_there_is(images)}."
                )
            self.images += images
            self.spent += cost
            return Reservation(images, cost)

    def _settle(self, taken: Reservation, used: Reservation) -> None:
        # A cost that is none (negative, NaN, without end) would lift the limit for good.
        cost = used.cost if 0 <= used.cost < math.inf else taken.cost
        with self._lock:
            self.images += used.images - taken.images
            self.spent = max(0.0, self.spent + cost - taken.cost)
            if used.images:
                self._price = max(self._price, cost / used.images)

    def __deepcopy__(self, memo: dict[int, Any]) -> Budget:
        """A copy of a tool has no budget of its own: the limits would double."""
        return self

    def __getstate__(self) -> dict[str, Any]:
        """A pickle carries what is used, but not the lock."""
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.Lock()


def _what_there_is(images: int) -> str:
    return "the images that you have" if images else "what you have"
