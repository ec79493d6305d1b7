"""What a job has used, by the servers' own count, and may still use."""

from engine_kit.failures import EngineFailure, FailureCode
from pydantic import BaseModel, ConfigDict, Field

from media_jobs.engines.translator.options import Budget
from translator.port import Refusal
from translator.settings import Price

__all__ = ["Spending", "Used"]

_MILLION = 1_000_000


class Used(BaseModel):
    """Counts of requests that were answered. *untold*: requests that ended without a count."""

    model_config = ConfigDict(extra="forbid")

    requests: int = Field(default=0, ge=0)
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    characters: int = Field(default=0, ge=0)
    untold: int = Field(default=0, ge=0)
    assumed_in: int = Field(default=0, ge=0)
    assumed_out: int = Field(default=0, ge=0)


class Spending:
    """Counts, and says no before a request that might go beyond the budget.

    *used*: also of earlier attempts. A request that ended without a count is assumed to have used
    all that it might.
    """

    def __init__(self, budget: Budget | None, price: Price | None, used: Used) -> None:
        self.used = used
        self._budget = budget
        self._price = price

    @property
    def is_bounded(self) -> bool:
        """Whether there is a budget."""
        return self._budget is not None and (
            self._budget.max_tokens is not None or self._budget.max_cost is not None
        )

    def check_kind(self, *, counts_tokens: bool, is_free: bool) -> None:
        """Refuse a budget that can't be kept here. Raises EngineFailure."""
        if self._budget is None or is_free:
            return
        if self._budget.max_tokens is not None and not counts_tokens:
            raise EngineFailure(
                FailureCode.INPUT_UNSUPPORTED,
                "budget.maxTokens can't be kept: this translator counts no tokens. Give maxCost.",
            )
        if self._budget.max_cost is not None and self._price is None:
            raise EngineFailure(
                FailureCode.INPUT_UNSUPPORTED,
                "budget.maxCost can't be kept: the container knows no prices (TRANSLATOR_PRICES).",
            )

    def cost(self) -> float | None:
        """Return what all that was counted has cost, None where there is no price."""
        if self._price is None:
            return None
        tokens_in = self.used.tokens_in + self.used.characters
        return self._priced(tokens_in, self.used.tokens_out)

    def out_max(self, tokens_in: int, least: int, most: int) -> int:
        """Return how many tokens the answer may have to a question of at most *tokens_in*.

        Raises EngineFailure (budget_exhausted) when that is less than *least*. At most *most*.
        """
        left: float = most
        if self._budget is not None and self._budget.max_tokens is not None:
            left = min(left, self._budget.max_tokens - self._spent_tokens() - tokens_in)
        if self._budget is not None and self._budget.max_cost is not None:
            assert self._price is not None
            left_cost = self._budget.max_cost - self._spent_cost() - self._priced(tokens_in, 0)
            if left_cost < 0:
                left = -1
            elif self._price.per_million_out > 0:
                left = min(left, left_cost / self._price.per_million_out * _MILLION)
        if left < least:
            raise EngineFailure(
                Refusal.BUDGET,
                "The budget does not reach for the next request: "
                f"{self._said()} were used. A job with a larger one starts anew.",
            )
        return int(left)

    def answered(self, tokens_in: int, tokens_out: int) -> None:
        """Count what a server says of one request."""
        self.used.requests += 1
        self.used.tokens_in += tokens_in
        self.used.tokens_out += tokens_out

    def read(self, characters: int) -> None:
        """Count the characters that a server has translated."""
        self.used.requests += 1
        self.used.characters += characters

    def untold(self, tokens_in: int, tokens_out: int) -> None:
        """Note a request that ended without a count: it may have used so many."""
        self.used.untold += 1
        self.used.assumed_in += tokens_in
        self.used.assumed_out += tokens_out

    def _spent_tokens(self) -> int:
        used = self.used
        return used.tokens_in + used.tokens_out + used.assumed_in + used.assumed_out

    def _spent_cost(self) -> float:
        used = self.used
        return self._priced(
            used.tokens_in + used.characters + used.assumed_in, used.tokens_out + used.assumed_out
        )

    def _priced(self, tokens_in: int, tokens_out: int) -> float:
        assert self._price is not None
        whole = tokens_in * self._price.per_million_in + tokens_out * self._price.per_million_out
        return whole / _MILLION

    def _said(self) -> str:
        if self._budget is not None and self._budget.max_tokens is not None:
            return f"{self._spent_tokens()} of {self._budget.max_tokens} tokens"
        most = self._budget.max_cost if self._budget is not None else 0
        return f"{self._spent_cost():.4f} of {most}"
