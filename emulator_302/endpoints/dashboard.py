"""What the gateway tells of itself and of a key: its models, what a request cost, what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator_302.http.billing import Ledger
from emulator_302.http.refusals import error_reply
from emulator_302.http.validate import Model, models

DECIMALS = 8  # of an amount


@dataclass(frozen=True)
class DashboardEndpoints:
    """The endpoints."""

    ledger: Ledger

    async def models(self, request: Request, _: Any) -> Response:
        """Answer `GET /v1/models`."""
        del request
        entries = [self._entry(model) for model in models().values()]
        return JSONResponse({"object": "list", "data": entries})

    def _entry(self, model: Model) -> dict[str, Any]:
        price = self.ledger.prices.get(model.id, model)
        return {
            "id": model.id,
            "object": "model",
            "name": model.id,
            "context_length": model.context,
            "max_completion_tokens": 0,
            "is_moderated": model.vision,
            "supported_tools": model.tools,
            "first_byte_req_time": "0.01",
            "price": {
                "input_token": f"${price.input:.3f} / M tokens",
                "output_token": f"${price.output:.3f} / M tokens",
                "per_request": "",
            },
        }

    async def record(self, request: Request, _: Any) -> Response:
        """Answer `GET /dashboard/record/{request_id}`."""
        record = self.ledger.record(request.path_params["request_id"])
        if record is None:
            return error_reply(404, -10010, "No such record")
        return JSONResponse({"data": record})

    async def balance(self, request: Request, _: Any) -> Response:
        """Answer `GET /dashboard/balance`."""
        del request
        left = str(round(self.ledger.balance, DECIMALS))
        return JSONResponse({"code": 0, "data": {"balance": left}})
