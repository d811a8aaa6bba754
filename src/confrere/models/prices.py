"""What an answer cost, in USD, from the price list of genai-prices."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from confrere.models.messages import Usage


async def cost(provider: str, model: str, usage: Usage, written: int = 0) -> float | None:
    """The cost of ``usage``, of which ``written`` input tokens went into the provider's cache; None where the list does not
    know the model. The list is loaded on first use, off the event loop."""
    return await asyncio.to_thread(_cost, provider, model, usage, written)


def _cost(provider: str, model: str, usage: Usage, written: int) -> float | None:
    from genai_prices import Usage as Counted
    from genai_prices import calc_price

    counted = Counted(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_tokens or None,
        cache_write_tokens=written or None,
    )
    try:
        return float(calc_price(counted, model_ref=model, provider_id=provider).total_price)
    except LookupError:
        return None
