"""The blocking and the asyncio client. Both connect when first used."""
from __future__ import annotations

import asyncio
import os
import random
import time
from typing import (Any, AsyncIterable, AsyncIterator, Dict, Iterable, List, Mapping, Optional, Tuple,
                    Union)

import grpc

from picost import _methods, _requests, answers, errors
from picost._connection import Connection
from picost._memory import Memory
from picost._requests import DeploymentLike, ModelLike, ProtocolLike
from picost._wire import edits_pb2, models_pb2_grpc, oracle_pb2_grpc, studies_pb2_grpc
from picost.comparison import Comparison
from picost.cost_table import CostTable
from picost.studies import StudyCalls

DEFAULT_ADDRESS = "127.0.0.1:7433"


def _pause(error: errors.PicostError, attempt: int) -> Optional[float]:
    """Seconds until the question is asked again, or None where that would be in vain.

    Nothing is kept of a question, and registering twice is registering once: asking again is
    always safe. It helps where nobody answers, or where the daemon says when to return.
    Full jitter, up to 50 ms, 100 ms, 200 ms, ..., so that workers do not return at once.
    """
    if error.code != grpc.StatusCode.UNAVAILABLE and error.retry_seconds is None:
        return None
    return (error.retry_seconds or 0.0) + random.uniform(0, 0.05 * 2**attempt)


class _Base:

    def __init__(self, address: Optional[str] = None, *, timeout: float = 60.0,
                 retries: int = 4, cache: int = 10000, cache_seconds: float = 600.0,
                 ca: Optional[str] = None, cert: Optional[str] = None, key: Optional[str] = None,
                 token_file: Optional[str] = None) -> None:
        """address: HOST:PORT or unix:PATH; PICOST_SERVER, else port 7433 of this machine.
        timeout: of each call, in seconds. cache: answers remembered, for cache_seconds.
        ca, cert, key, token_file: see Connection."""
        self.address = address or os.environ.get("PICOST_SERVER", DEFAULT_ADDRESS)
        self._connection = Connection(self.address, ca=ca, cert=cert, key=key,
                                      token_file=token_file)
        self._metadata: Any = None
        self.timeout = timeout
        self.retries = retries
        self._memory = Memory(cache, cache_seconds)
        self._channel: Any = None
        self._stubs: Dict[str, Any] = {}

    def __getstate__(self):
        # Connections stay behind; what is registered stays known.
        return {"address": self.address, "timeout": self.timeout, "retries": self.retries,
                "_connection": self._connection, "_metadata": None, "_memory": self._memory,
                "_channel": None, "_stubs": {}}

    def _open(self, api: Any) -> None:
        if self._channel is None:
            self._metadata = self._connection.metadata()
            self._channel = self._connection.open(api)
            self._stubs = {"oracle": oracle_pb2_grpc.CostOracleStub(self._channel),
                           "models": models_pb2_grpc.ModelsStub(self._channel),
                           "studies": studies_pb2_grpc.StudiesStub(self._channel)}

    def _forget(self, error: errors.PicostError) -> bool:
        """True where a registered model is gone (another daemon), so that it is sent again."""
        if error.code == grpc.StatusCode.NOT_FOUND and self._memory.models:
            self._memory.clear()
            return True
        return False


class Client(_Base, StudyCalls):
    """Asks a daemon. May be pickled: workers connect on their own."""

    def wait_ready(self, timeout: float = 30.0) -> "Client":
        """Returns when the daemon answers."""
        self._open(grpc)
        try:
            grpc.channel_ready_future(self._channel).result(timeout)
        except grpc.FutureTimeoutError:
            raise errors.PicostError("no daemon answers at %s within %g s" % (self.address, timeout),
                                     grpc.StatusCode.UNAVAILABLE) from None
        return self

    def close(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _call(self, stub: str, method: str, request: Any) -> Any:
        self._open(grpc)
        for attempt in range(self.retries + 1):
            try:
                return getattr(self._stubs[stub], method)(
                    request, timeout=self.timeout, metadata=self._metadata)
            except grpc.RpcError as error:
                failure = errors.from_rpc(error)
            pause = _pause(failure, attempt)
            if pause is None or attempt == self.retries:
                raise failure
            time.sleep(pause)
        raise AssertionError("unreachable")

    def _drive(self, method: Any, *arguments: Any, **named: Any) -> Any:
        for _ in range(2):
            call = method(self._memory, *arguments, **named)
            try:
                request = next(call)
                while True:
                    request = call.send(self._call(*request))
            except StopIteration as done:
                return done.value
            except errors.PicostError as error:
                if not self._forget(error):
                    raise
                last = error
        raise last

    def register(self, model: ModelLike, display_name: str = "", *,
                 dimensions: Optional[Mapping[str, int]] = None, example: Any = None) -> str:
        """Sends a model once; its name stands for it afterwards."""
        return self._drive(_methods.register, model, display_name, dimensions, example)

    def estimate(self, model: ModelLike, *, protocol: ProtocolLike, deployment: DeploymentLike,
                 layers: bool = True, dimensions: Optional[Mapping[str, int]] = None,
                 example: Any = None, rewrites: Iterable[str] = (),
                 counting: str = "") -> answers.Estimate:
        """rewrites: passes before planning, as `picost rewrites` lists them. counting: convention
        of the ReLU counts, "without-stem" for one (docs/counting.md); costs do not depend on it."""
        return self._drive(_methods.estimate, model, protocol, deployment, layers, dimensions,
                           example, rewrites, counting)

    def estimate_batch(self, questions: Iterable[Mapping[str, Any]], *, layers: bool = False,
                       on_error: str = "raise"
                       ) -> List[Union[answers.Estimate, errors.PicostError]]:
        """One estimate per question, in order; a question is what `estimate` takes:
        {"model": ..., "protocol": ..., "deployment": ...}."""
        return self._drive(_methods.estimate_batch, questions, layers, on_error)

    def inspect(self, model: ModelLike, *, dimensions: Optional[Mapping[str, int]] = None,
                example: Any = None, counting: str = "") -> Any:
        """Protocol-free counts: the message Inspection of proto/picost/v1/oracle.proto."""
        return self._drive(_methods.inspect, model, dimensions, example, counting)

    def plan(self, model: ModelLike, *, protocol: ProtocolLike,
             dimensions: Optional[Mapping[str, int]] = None, example: Any = None,
             rewrites: Iterable[str] = (), counting: str = "") -> Any:
        """Primitives, exact bytes and flights: the message ProtocolPlan."""
        return self._drive(_methods.plan, model, protocol, dimensions, example, rewrites, counting)

    def evaluate_edits(self, model: ModelLike, edits: Iterable[Any], *, protocol: ProtocolLike,
                       deployment: DeploymentLike, batch: int = 1000, on_error: str = "raise"
                       ) -> List[Union[answers.Totals, errors.PicostError]]:
        """One answer per edit, in order. An edit: {node: kept elements}, or operations of
        picost.edits. on_error="return" puts errors into the list."""
        return self._drive(_methods.evaluate_edits, model, edits, protocol, deployment, batch,
                           on_error)

    def cost_table(self, model: ModelLike, *, protocol: ProtocolLike, deployment: DeploymentLike,
                   levels: int = 17, degrees: Iterable[int] = (),
                   widths: Iterable[float] = ()) -> CostTable:
        """Costs of layer x choice: `levels` counts of kept elements per activation, polynomials of
        the degrees, and, for groups of layers, shares (below 1) of their channels."""
        return self._drive(_methods.cost_table, model, protocol, deployment, levels, degrees,
                           widths)

    def solve_budget(self, model: ModelLike, *, protocol: ProtocolLike, deployment: DeploymentLike,
                     importance: Optional[Mapping[str, Any]] = None, levels: int = 17,
                     **budget: float) -> answers.Allocation:
        """The most importance under one budget (total_seconds=2.0, online_bytes=10**9, ...).
        importance: {node: worth of an element, or {kept elements: worth}}; none: ReLUs."""
        return self._drive(_methods.solve_budget, model, protocol, deployment, importance, levels, 0,
                           budget)

    def frontier(self, model: ModelLike, *, protocol: ProtocolLike, deployment: DeploymentLike,
                 metric: str = "total_seconds", points: int = 20,
                 importance: Optional[Mapping[str, Any]] = None, levels: int = 17
                 ) -> List[answers.Allocation]:
        """Best allocations from the cheapest to the most valuable one."""
        return self._drive(_methods.solve_budget, model, protocol, deployment, importance, levels,
                           points, {metric: 0})

    def capacity(self, model: ModelLike, *, protocol: ProtocolLike, deployment: DeploymentLike,
                 arrivals_per_second: float, client_storage_bytes: int, edit: Any = None) -> Any:
        return self._drive(_methods.capacity, model, protocol, deployment, arrivals_per_second,
                           client_storage_bytes, edit)

    def compare(self, model: ModelLike, *, protocols: Iterable[ProtocolLike],
                deployments: Iterable[DeploymentLike], online: bool = False) -> Comparison:
        """Protocols x deployments by the time of one inference (online: without the offline
        phase), and where their order flips. What one protocol refuses stays in its cells."""
        return self._drive(_methods.compare, model, protocols, deployments, online)


class AsyncClient(_Base, StudyCalls):
    """The same calls, to be awaited."""

    async def wait_ready(self, timeout: float = 30.0) -> "AsyncClient":
        self._open(grpc.aio)
        try:
            await asyncio.wait_for(self._channel.channel_ready(), timeout)
        except asyncio.TimeoutError:
            raise errors.PicostError("no daemon answers at %s within %g s" % (self.address, timeout),
                                     grpc.StatusCode.UNAVAILABLE) from None
        return self

    async def close(self) -> None:
        if self._channel is not None:
            await self._channel.close()
            self._channel = None

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.close()

    async def _call(self, stub: str, method: str, request: Any) -> Any:
        self._open(grpc.aio)
        for attempt in range(self.retries + 1):
            try:
                return await getattr(self._stubs[stub], method)(
                    request, timeout=self.timeout, metadata=self._metadata)
            except grpc.RpcError as error:
                failure = errors.from_rpc(error)
            pause = _pause(failure, attempt)
            if pause is None or attempt == self.retries:
                raise failure
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _drive(self, method: Any, *arguments: Any, **named: Any) -> Any:
        for _ in range(2):
            call = method(self._memory, *arguments, **named)
            try:
                request = next(call)
                while True:
                    request = call.send(await self._call(*request))
            except StopIteration as done:
                return done.value
            except errors.PicostError as error:
                if not self._forget(error):
                    raise
                last = error
        raise last

    async def register(self, model: ModelLike, display_name: str = "", *,
                       dimensions: Optional[Mapping[str, int]] = None, example: Any = None) -> str:
        return await self._drive(_methods.register, model, display_name, dimensions, example)

    async def estimate(self, model: ModelLike, *, protocol: ProtocolLike,
                       deployment: DeploymentLike, layers: bool = True,
                       dimensions: Optional[Mapping[str, int]] = None, example: Any = None,
                       rewrites: Iterable[str] = (), counting: str = "") -> answers.Estimate:
        return await self._drive(_methods.estimate, model, protocol, deployment, layers, dimensions,
                                 example, rewrites, counting)

    async def estimate_batch(self, questions: Iterable[Mapping[str, Any]], *, layers: bool = False,
                             on_error: str = "raise"
                             ) -> List[Union[answers.Estimate, errors.PicostError]]:
        return await self._drive(_methods.estimate_batch, questions, layers, on_error)

    async def inspect(self, model: ModelLike, *, dimensions: Optional[Mapping[str, int]] = None,
                      example: Any = None, counting: str = "") -> Any:
        return await self._drive(_methods.inspect, model, dimensions, example, counting)

    async def plan(self, model: ModelLike, *, protocol: ProtocolLike,
                   dimensions: Optional[Mapping[str, int]] = None, example: Any = None,
                   rewrites: Iterable[str] = (), counting: str = "") -> Any:
        return await self._drive(_methods.plan, model, protocol, dimensions, example, rewrites,
                                 counting)

    async def stream(self, questions: AsyncIterable[Mapping[str, Any]], *, layers: bool = False
                     ) -> AsyncIterator[Tuple[str, Union[answers.Estimate, errors.PicostError]]]:
        """Answers as they come, each with its question's "id"; the next question is taken when
        the daemon has room for it. A question: {"id": "a", "model": ..., "protocol": ...,
        "deployment": ...}. A model that is not small is registered first."""
        self._open(grpc.aio)

        async def requests() -> AsyncIterator[edits_pb2.StreamEstimateRequest]:
            async for asked in questions:
                rest = {key: value for key, value in asked.items() if key != "id"}
                yield edits_pb2.StreamEstimateRequest(
                    correlation_id=asked.get("id", ""),
                    request=await self._drive(_methods.estimate_request, layers, **rest))

        try:
            async for answer in self._stubs["oracle"].StreamEstimate(requests()):
                yield answer.correlation_id, _requests.read_result(answer.result, "return")
        except grpc.RpcError as error:
            raise errors.from_rpc(error) from None

    async def evaluate_edits(self, model: ModelLike, edits: Iterable[Any], *,
                             protocol: ProtocolLike, deployment: DeploymentLike, batch: int = 1000,
                             on_error: str = "raise"
                             ) -> List[Union[answers.Totals, errors.PicostError]]:
        return await self._drive(_methods.evaluate_edits, model, edits, protocol, deployment, batch,
                                 on_error)

    async def cost_table(self, model: ModelLike, *, protocol: ProtocolLike,
                         deployment: DeploymentLike, levels: int = 17,
                         degrees: Iterable[int] = (), widths: Iterable[float] = ()) -> CostTable:
        return await self._drive(_methods.cost_table, model, protocol, deployment, levels, degrees,
                                 widths)

    async def solve_budget(self, model: ModelLike, *, protocol: ProtocolLike,
                           deployment: DeploymentLike,
                           importance: Optional[Mapping[str, Any]] = None, levels: int = 17,
                           **budget: float) -> answers.Allocation:
        return await self._drive(_methods.solve_budget, model, protocol, deployment, importance,
                                 levels, 0, budget)

    async def frontier(self, model: ModelLike, *, protocol: ProtocolLike,
                       deployment: DeploymentLike, metric: str = "total_seconds", points: int = 20,
                       importance: Optional[Mapping[str, Any]] = None, levels: int = 17
                       ) -> List[answers.Allocation]:
        return await self._drive(_methods.solve_budget, model, protocol, deployment, importance,
                                 levels, points, {metric: 0})

    async def capacity(self, model: ModelLike, *, protocol: ProtocolLike,
                       deployment: DeploymentLike, arrivals_per_second: float,
                       client_storage_bytes: int, edit: Any = None) -> Any:
        return await self._drive(_methods.capacity, model, protocol, deployment,
                                 arrivals_per_second, client_storage_bytes, edit)

    async def compare(self, model: ModelLike, *, protocols: Iterable[ProtocolLike],
                      deployments: Iterable[DeploymentLike], online: bool = False) -> Comparison:
        return await self._drive(_methods.compare, model, protocols, deployments, online)
