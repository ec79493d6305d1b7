"""Two pieces of work at one time: none is left behind."""

import asyncio

import pytest
from engine_kit.together import meanwhile, together


async def after(turns: int, result: str) -> str:
    for _ in range(turns):
        await asyncio.sleep(0)
    return result


class Endless:
    """Work without an end, which takes some turns to tidy up."""

    begun = ended = False

    async def run(self) -> None:
        self.begun = True
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.ended = True


async def failing() -> None:
    raise ValueError("this one")


def test_both_results_come_in_the_order_of_the_work() -> None:
    async def run() -> tuple[str, str]:
        return await together(after(3, "one"), after(1, "other"))

    assert asyncio.run(run()) == ("one", "other")


def test_when_one_fails_the_other_has_ended() -> None:
    endless = Endless()

    async def run() -> None:
        with pytest.raises(ValueError, match="this one"):
            await together(endless.run(), failing())
        assert endless.ended

    asyncio.run(run())


def test_canceling_ends_both() -> None:
    one, other = Endless(), Endless()

    async def run() -> None:
        both = asyncio.create_task(together(one.run(), other.run()))
        for _ in range(3):
            await asyncio.sleep(0)
        assert one.begun
        assert other.begun
        both.cancel()
        with pytest.raises(asyncio.CancelledError):
            await both
        assert one.ended
        assert other.ended

    asyncio.run(run())


def test_a_result_is_there_when_the_block_wants_it() -> None:
    async def run() -> str:
        async with meanwhile(after(3, "one")) as working:
            assert await after(1, "other") == "other"
            return await working

    assert asyncio.run(run()) == "one"


def test_when_the_block_fails_that_is_told_and_the_work_has_ended() -> None:
    endless = Endless()

    async def run() -> None:
        with pytest.raises(ValueError, match="this one"):
            async with meanwhile(endless.run()):
                await after(2, "")
                raise ValueError("this one")
        assert endless.ended

    asyncio.run(run())


def test_of_two_faults_the_one_of_the_block_is_told() -> None:
    async def run() -> None:
        with pytest.raises(RuntimeError, match="the other"):
            async with meanwhile(failing()):
                await after(2, "")
                raise RuntimeError("the other")

    asyncio.run(run())
