"""What is sent to Azure. An adapter stands where the network would be: nothing leaves."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from azure.core.pipeline.transport import RequestsTransport
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from dockerlab.azure import deploy, template
from dockerlab.errors import DockerLabError, TemplateError

ARM = template.load()
GIVEN = {"sshPublicKey": "ssh-ed25519 " + "A" * 68 + " nana", "vmSize": "Standard_B1s"}
OURS = {"name": "Azure-metanet", "location": "koreacentral", "tags": deploy.TAGS}


class Azure(HTTPAdapter):
    """Answers as Azure's documentation says, and notes what it was asked."""

    def __init__(self, group: dict[str, Any] | None = None, refuses: str = "") -> None:
        super().__init__()
        self.group, self.refuses = group, refuses
        self.asked: list[tuple[str, str, Any]] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        path = str(request.path_url).partition("?")[0].partition("/resource")[2]
        body = json.loads(request.body) if request.body else None
        self.asked.append((str(request.method), path.lower(), body))
        status, said = self._answer(str(request.method), path.lower())
        raw = HTTPResponse(
            body=io.BytesIO(json.dumps(said).encode() if said else b""),
            headers={"Content-Type": "application/json"},
            status=status,
            preload_content=False,
        )
        return self.build_response(request, raw)

    def _answer(self, method: str, path: str) -> tuple[int, Any]:
        if method == "HEAD":
            return (204 if self.group else 404), None
        if path.endswith("/validate"):
            error = {"code": "InvalidTemplate", "message": self.refuses}
            return 200, {"error": error} if self.refuses else {"properties": {}}
        if path.endswith("/publicipaddresses/firstvm-linux-ip"):
            return 200, {"properties": {"ipAddress": "203.0.113.9"}}
        if "/deployments/" in path:
            return 200, {"name": "first-vm", "properties": {"provisioningState": "Succeeded"}}
        return 200, self.group or OURS

    @property
    def options(self) -> dict[str, Any]:
        session = requests.Session()
        session.mount("https://", self)
        token = SimpleNamespace(token="secret", expires_on=2**40)
        return {
            "credential": SimpleNamespace(get_token=lambda *_, **__: token),
            "transport": RequestsTransport(session=session, session_owner=False),
            "retry_total": 0,
            "say": lambda _: None,
        }


def test_it_makes_the_group_validates_deploys_and_asks_for_the_address() -> None:
    azure = Azure()
    assert deploy.deploy(ARM, GIVEN, "my-id", **azure.options) == "203.0.113.9"
    group = "groups/azure-metanet"
    deployment = f"{group}/providers/microsoft.resources/deployments/first-vm"
    steps = [(method, path.removeprefix("/")) for method, path, _ in azure.asked]
    assert steps == [
        ("HEAD", group),
        ("PUT", group),
        ("POST", f"{deployment}/validate"),
        ("PUT", deployment),
        ("GET", f"{group}/providers/microsoft.network/publicipaddresses/firstvm-linux-ip"),
    ]
    assert azure.asked[1][2] == {"location": "koreacentral", "tags": deploy.TAGS}
    for _, _, body in azure.asked[2:4]:
        sent = body["properties"]
        assert sent["mode"] == "Incremental"
        assert sent["template"] == ARM
        assert sent["parameters"] == {name: {"value": value} for name, value in GIVEN.items()}


def test_a_refused_template_is_not_deployed() -> None:
    azure = Azure(OURS, refuses="The size is not sold there.")
    with pytest.raises(DockerLabError, match="The size is not sold there"):
        deploy.deploy(ARM, GIVEN, "my-id", **azure.options)
    assert [method for method, _, _ in azure.asked] == ["HEAD", "GET", "POST"]


def test_a_wrong_value_never_gets_to_azure() -> None:
    azure = Azure()
    with pytest.raises(TemplateError):
        deploy.deploy(ARM, {**GIVEN, "zone": "4"}, "my-id", **azure.options)
    assert azure.asked == []


@pytest.mark.parametrize("act", [partial(deploy.deploy, ARM, GIVEN), deploy.remove])
def test_a_group_of_somebody_else_is_left_alone(act: Callable[..., Any]) -> None:
    azure = Azure({**OURS, "tags": {"owner": "me"}})
    with pytest.raises(DockerLabError, match="has not made"):
        act("my-id", **azure.options)
    assert {method for method, _, _ in azure.asked} == {"HEAD", "GET"}


def test_what_was_made_is_removed_and_what_is_not_there_is_not() -> None:
    azure, nothing = Azure(OURS), Azure()
    deploy.remove("my-id", **azure.options)
    deploy.remove("my-id", **nothing.options)
    assert [method for method, _, _ in azure.asked][:3] == ["HEAD", "GET", "DELETE"]
    assert [method for method, _, _ in nothing.asked] == ["HEAD"]


def test_the_plan_names_all_that_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = "\n".join(deploy.plan(ARM, GIVEN))
    for resource in template.resolve(ARM, GIVEN):
        assert resource["name"] in plan
    assert "Azure-metanet in koreacentral" in plan
    monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", "")
    assert deploy.subscription() is None
    monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", "my-id")
    assert deploy.subscription() == "my-id"
