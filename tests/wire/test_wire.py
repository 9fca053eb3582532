"""The loop, the limit, the second try and the client."""

from __future__ import annotations

import asyncio
import random
import sys
import threading

import pytest

from workbench.errors import Cancelled, InvalidInput, MissingExtra, ServiceUnavailable, WireError
from workbench.wire import Retry, TokenBucket, call, http_client, pausing, shared_bucket


async def answered(value):
    await asyncio.sleep(0)
    return value


def test_a_coroutine_answers_from_several_threads_and_inside_a_loop():
    async def as_in_jupyter():
        return call(answered(1))

    assert asyncio.run(as_in_jupyter()) == 1
    answers = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(call(answered(n)))) for n in (2, 3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [2, 3]


def test_what_the_coroutine_raises_is_raised_here():
    async def failing():
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        call(failing())


def test_a_coroutines_own_timeout_is_not_ours():
    async def failing():
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        call(failing(), timeout_seconds=5)


def test_no_answer_in_time_cancels():
    cancelled = threading.Event()

    async def forever():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(WireError, match="in time"):
        call(forever(), timeout_seconds=0.05)
    assert cancelled.wait(2)


def test_waiting_for_oneself_is_refused():
    async def nested():
        return call(answered(1))

    with pytest.raises(RuntimeError, match="await instead"):
        call(nested())


class Time:
    def __init__(self):
        self.now = 0.0
        self.slept = []

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def test_a_bucket_lets_through_its_rate():
    time = Time()

    async def many():
        bucket = TokenBucket(2.0, burst=3, clock=time, sleep=time.sleep)
        return [await bucket.take() for _ in range(7)]

    assert asyncio.run(many()) == [0, 0, 0, 0.5, 0.5, 0.5, 0.5]
    assert time.now == 2.0  # 3 at once, 4 more at 2 per second


def test_waiters_are_served_in_order_of_arrival():
    async def crowd():
        bucket = TokenBucket(1.0, burst=1, clock=lambda: 0.0, sleep=lambda _: asyncio.sleep(0))
        return await asyncio.gather(*(bucket.take() for _ in range(4)))

    assert asyncio.run(crowd()) == [0, 1, 2, 3]


def test_a_bucket_refuses_what_never_gathers():
    with pytest.raises(InvalidInput):
        asyncio.run(TokenBucket(1.0, burst=2).take(3))
    with pytest.raises(InvalidInput):
        TokenBucket(0.0)


def test_a_cancelled_waiter_gives_its_tokens_back():
    time = Time()

    async def story():
        bucket = TokenBucket(1.0, clock=time, sleep=asyncio.sleep)
        await bucket.take()
        waiter = asyncio.create_task(bucket.take())
        await asyncio.sleep(0)
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        time.now = 1.0
        return await bucket.take()

    assert asyncio.run(story()) == 0


def failing(times, error=WireError):
    calls = []

    async def attempt():
        calls.append(1)
        if len(calls) <= times:
            raise error("down")
        return len(calls)

    return attempt


def test_what_succeeds_later_is_tried_again_with_jitter():
    time = Time()
    retry = Retry(on=(WireError,), first_seconds=1, draw=random.Random(7), sleep=time.sleep)
    assert asyncio.run(retry.call(failing(3))) == 4
    assert len(time.slept) == 3
    assert all(0 <= waited <= 2**n for n, waited in enumerate(time.slept))


def test_the_last_error_is_raised():
    time = Time()
    with pytest.raises(WireError):
        asyncio.run(Retry(on=(WireError,), tries=2, sleep=time.sleep).call(failing(9)))
    assert len(time.slept) == 1


def test_another_error_is_not_tried_again():
    time = Time()
    with pytest.raises(KeyError):
        asyncio.run(Retry(on=(WireError,), sleep=time.sleep).call(failing(1, KeyError)))
    assert time.slept == []


def test_a_client_talks_to_the_transport_it_is_given():
    httpx = pytest.importorskip("httpx", reason="the extra 'live' is not installed")

    async def ask():
        server = httpx.MockTransport(lambda request: httpx.Response(200, text=request.url.path))
        async with http_client("https://vendor.test/v1", transport=server) as client:
            return (await client.get("/bars")).text

    assert call(ask()) == "/v1/bars"


def test_without_httpx_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "httpx", None)
    with pytest.raises(MissingExtra, match="live"):
        http_client()


def test_threads_share_the_bucket_of_a_service():
    bucket = shared_bucket("vendor-of-this-test", 2.0, burst=1)
    assert shared_bucket("vendor-of-this-test", 99.0) is bucket
    waited = []
    with pausing(waited.append):
        bucket.wait()
        bucket.wait()
        bucket.wait()
    assert waited == pytest.approx([0.5, 1.0], abs=0.01)


def test_a_thread_that_is_stopped_while_waiting_gives_its_tokens_back():
    clock = Time()
    bucket = TokenBucket(1.0, clock=clock)
    bucket.wait()

    def stopped(_seconds):
        raise Cancelled

    with pausing(stopped), pytest.raises(Cancelled):
        bucket.wait()
    clock.now = 1.0
    assert bucket.wait() == 0


def test_a_service_that_asks_to_wait_is_waited_for():
    waited, calls = [], []

    def attempt():
        calls.append(1)
        if len(calls) < 3:
            raise ServiceUnavailable("Vendor", "429", retry_after_seconds=7.0)
        return "done"

    with pausing(waited.append):
        retry = Retry(on=(ServiceUnavailable,), first_seconds=0.1, draw=random.Random(1))
        assert retry.run(attempt) == "done"
    assert waited == [7.0, 7.0]


def test_who_asks_for_more_patience_than_there_is_gets_none():
    waited = []

    def attempt():
        raise ServiceUnavailable("Vendor", "429", retry_after_seconds=3_600.0)

    with pausing(waited.append), pytest.raises(ServiceUnavailable, match="Vendor"):
        Retry(on=(ServiceUnavailable,)).run(attempt)
    assert waited == []


def test_the_last_try_of_a_thread_raises():
    waited = []

    def attempt():
        raise ServiceUnavailable("Vendor", "503")

    with pausing(waited.append), pytest.raises(ServiceUnavailable):
        Retry(on=(ServiceUnavailable,), tries=3).run(attempt)
    assert len(waited) == 2
