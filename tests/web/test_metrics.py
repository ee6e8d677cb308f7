"""Numbers are for whoever holds their token."""

from __future__ import annotations

import dataclasses

from core.app import create_app
from tests.stories import opened
from tests.worlds import World

TOKEN = "t" * 32


def test_numbers_are_told_to_the_holder_of_the_token_and_name_nobody(world: World) -> None:
    case = opened(world)
    assert create_app(world.instance).test_client().get("/metrics").status_code == 404
    world.instance.settings = dataclasses.replace(world.instance.settings, metrics_token=TOKEN)
    client = create_app(world.instance).test_client()
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer ạ"}).status_code == 401
    client.get(f"/cases/{case}")
    told = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert 'tiepsuc_requests_total{method="GET",route="/cases/<number>",status="302"} 1.0' in told.text
    assert "tiepsuc_oldest_task_seconds 0.0" in told.text
    assert "tiepsuc_unsealed_rows" in told.text
    assert case not in told.text
