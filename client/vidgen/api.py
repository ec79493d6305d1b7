"""The methods that both clients have, each made of a flow: a client carries it out."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from types import FunctionType
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    overload,
)

from vidgen import access, bulk, calls, flows, making, receipts, subtitles, translation, usage
from vidgen import recipes as recipe_flows
from vidgen import subscriptions as subscription_flows
from vidgen import webhooks as hooks
from vidgen.models import Page
from vidgen.steps import Flow

__all__ = ["Api"]

P = ParamSpec("P")
T = TypeVar("T")


class Blocking(Protocol):
    """A client whose methods return when they are done."""

    def run(self, flow: Flow[T]) -> T: ...

    def items(self, page: Callable[[str | None], Flow[Page[T]]]) -> Iterator[T]: ...


class Awaiting(Protocol):
    """A client whose methods are awaited."""

    def run(self, flow: Flow[T]) -> Coroutine[Any, Any, T]: ...

    def items(self, page: Callable[[str | None], Flow[Page[T]]]) -> AsyncIterator[T]: ...


class _Described:
    """A function that calls a flow, as a method. `help()` shows the flow's own words."""

    def __init__(self, method: Any, flow: Callable[..., object], hidden: int = 0) -> None:
        """Hide the first parameters of *flow*, of which the method's caller knows nothing."""
        signature = inspect.signature(flow)
        client = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
        shown = [client, *list(signature.parameters.values())[hidden:]]
        method.__doc__ = flow.__doc__
        method.__signature__ = inspect.Signature(shown)
        self._method = method

    def __set_name__(self, owner: type, name: str) -> None:
        self._method.__name__ = name
        self._method.__qualname__ = f"{owner.__qualname__}.{name}"

    def __get__(self, client: Any, owner: type) -> Any:
        return self._method.__get__(client, owner)


class Method(_Described, Generic[P, T]):
    """A flow as a method, which returns the flow's result or is awaited for it."""

    def __init__(self, flow: Callable[P, Flow[T]]) -> None:
        def method(client: Blocking, *args: P.args, **named: P.kwargs) -> T:
            return client.run(flow(*args, **named))

        super().__init__(method, flow)

    if TYPE_CHECKING:

        @overload
        def __get__(self, client: Blocking, owner: type) -> Callable[P, T]: ...

        @overload
        def __get__(self, client: Awaiting, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...

        @overload
        def __get__(self, client: None, owner: type) -> FunctionType: ...

        def __get__(self, client: Any, owner: type) -> Any: ...


class Listed(_Described, Generic[P, T]):
    """A list of several pages as a method, which iterates over the items of them all.

    Its flow takes the cursor of a page, then the method's own parameters.
    """

    def __init__(self, flow: Callable[Concatenate[str | None, P], Flow[Page[T]]]) -> None:
        def method(client: Blocking, *args: P.args, **named: P.kwargs) -> Iterator[T]:
            return client.items(lambda cursor: flow(cursor, *args, **named))

        super().__init__(method, flow, hidden=1)

    if TYPE_CHECKING:

        @overload
        def __get__(self, client: Blocking, owner: type) -> Callable[P, Iterator[T]]: ...

        @overload
        def __get__(self, client: Awaiting, owner: type) -> Callable[P, AsyncIterator[T]]: ...

        @overload
        def __get__(self, client: None, owner: type) -> FunctionType: ...

        def __get__(self, client: Any, owner: type) -> Any: ...


class Api:
    """What the app's API offers."""

    session = Method(calls.session)

    create_media = Method(calls.create_media)
    media = Method(calls.media)
    delete_media = Method(calls.delete_media)
    list_media = Listed(calls.media_list)
    rename_media = Method(calls.rename_media)
    trash_media = Method(calls.trash_media)
    restore_media = Method(calls.restore_media)
    save_input = Method(flows.save_input)
    upload = Method(flows.upload)
    add_subtitles = Method(calls.add_subtitles)
    set_language = Method(calls.set_language)
    subtitle_versions = Listed(subtitles.subtitle_versions)
    export_subtitles = Method(subtitles.export_subtitles)
    add_comments = Method(calls.add_comments)

    submit = Method(calls.submit)
    check_job = Method(calls.check_job)
    burn = Method(making.burn)
    comments = Method(making.comments)
    download = Method(making.download)
    transcribe = Method(making.transcribe)
    translate = Method(making.translate)
    job = Method(calls.job)
    jobs = Listed(calls.jobs)
    events = Listed(calls.events)
    why = Method(calls.why)
    receipt = Method(receipts.receipt)
    receipt_keys = Method(receipts.receipt_keys)
    share = Method(calls.share)
    cancel = Method(calls.cancel_job)
    retry = Method(calls.retry_job)
    wait = Method(flows.wait)
    save = Method(flows.save)

    submit_batch = Method(bulk.submit_batch)
    cancel_jobs = Method(bulk.cancel_jobs)
    retry_jobs = Method(bulk.retry_jobs)

    recipes = Listed(recipe_flows.recipes)
    recipe = Method(recipe_flows.recipe)
    put_recipe = Method(recipe_flows.put_recipe)
    delete_recipe = Method(recipe_flows.delete_recipe)
    check_run = Method(recipe_flows.check_run)
    start_run = Method(recipe_flows.start_run)
    get_run = Method(recipe_flows.get_run)
    runs = Listed(recipe_flows.runs)
    cancel_run = Method(recipe_flows.cancel_run)
    retry_run = Method(recipe_flows.retry_run)
    review = Method(recipe_flows.review)
    wait_run = Method(recipe_flows.wait_run)

    subscribe = Method(subscription_flows.subscribe)
    subscriptions = Listed(subscription_flows.subscriptions)
    subscription = Method(subscription_flows.subscription)
    subscription_entries = Listed(subscription_flows.subscription_entries)
    change_subscription = Method(subscription_flows.change_subscription)
    delete_subscription = Method(subscription_flows.delete_subscription)
    look = Method(subscription_flows.look)

    terms = Listed(translation.terms)
    add_term = Method(translation.add_term)
    change_term = Method(translation.change_term)
    delete_term = Method(translation.delete_term)
    import_terms = Method(translation.import_terms)
    export_terms = Method(translation.export_terms)
    memory_pairs = Listed(translation.memory_pairs)
    change_memory_pair = Method(translation.change_memory_pair)
    delete_memory_pair = Method(translation.delete_memory_pair)

    webhooks = Listed(hooks.webhooks)
    webhook = Method(hooks.webhook)
    create_webhook = Method(hooks.create_webhook)
    change_webhook = Method(hooks.change_webhook)
    delete_webhook = Method(hooks.delete_webhook)
    rotate_webhook_secret = Method(hooks.rotate_webhook_secret)
    test_webhook = Method(hooks.send_test)
    deliveries = Listed(hooks.deliveries)
    replay_delivery = Method(hooks.replay_delivery)

    usage = Method(usage.usage)

    tokens = Listed(access.tokens)
    create_token = Method(access.create_token)
    revoke_token = Method(access.revoke_token)
    presets = Listed(access.presets)
    preset = Method(access.preset)
    create_preset = Method(access.create_preset)
    change_preset = Method(access.change_preset)
    delete_preset = Method(access.delete_preset)
