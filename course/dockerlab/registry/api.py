"""Asking a registry by the HTTP API that docker itself uses to push and pull."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from dockerlab.errors import RegistryError
from dockerlab.registry.contents import Contents, Manifest, Tag, read_blobs, read_platform

TIMEOUT = 10  # seconds for one request
MOST_AT_ONCE = 100  # names in one answer; the answer says where to ask for more
LATEST_REQUESTS = 60  # that are remembered
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
)
ACCEPT = {"Accept": ", ".join(MANIFESTS)}


@dataclass(frozen=True)
class Request:
    """A request that was made.

    Attributes:
        method: GET, HEAD …
        path: from the root ("/v2/_catalog").
        status: the answer's.
    """

    method: str
    path: str
    status: int

    def __str__(self) -> str:
        return f"{self.method} {self.path} → {self.status}"


class Registry:
    """A registry, spoken to over plain HTTP.

    Args:
        address: host and port ("127.0.0.1:5000").
        auth: user and password, where it asks for one.
    """

    def __init__(self, address: str, auth: tuple[str, str] | None = None) -> None:
        self.address = address
        self.auth = auth
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy for the internet does not know this machine
        self._session.auth = auth
        self.requests: list[Request] = []
        """The latest requests, the oldest first."""

    def ask(self, method: str, path: str, **headers: str) -> requests.Response:
        """Make a request, whatever the answer's status.

        Args:
            method: GET, HEAD, DELETE …
            path: below `/v2/`, such as "_catalog"; nothing asks whether one is let in.
            headers: besides those that say which manifests are understood.

        Raises:
            RegistryError: no answer came.
        """
        try:
            answer = self._session.request(
                method,
                f"http://{self.address}/v2/{path}",
                headers={**ACCEPT, **headers},
                timeout=TIMEOUT,
            )
        except requests.RequestException as error:
            raise RegistryError(f"No registry answers at {self.address}: {error}") from error
        done = Request(method, f"/v2/{path}", answer.status_code)
        self.requests = [*self.requests, done][-LATEST_REQUESTS:]
        return answer

    def repositories(self) -> list[str]:
        """The catalogue: the names of all repositories.

        Raises:
            RegistryError: no answer, or one that refuses.
        """
        return sorted(self._names("_catalog", "repositories"))

    def tags(self, repository: str) -> list[str]:
        """The tags of a repository; none where there is no such repository.

        Raises:
            RegistryError: no answer, or one that refuses.
        """
        return sorted(self._names(f"{repository}/tags/list", "tags"))

    def manifest(self, repository: str, reference: str, platform: str = "") -> Manifest | None:
        """The manifest that a tag or a digest stands for; None where there is none.

        Args:
            repository: its name.
            reference: a tag or a digest.
            platform: that the manifest is for, where an index says so.

        Raises:
            RegistryError: no answer, or one that refuses.
        """
        answer = self.ask("GET", f"{repository}/manifests/{reference}")
        if answer.status_code == requests.codes.not_found:
            return None
        told = self._json(answer)
        listed = [
            self.manifest(repository, each["digest"], read_platform(each))
            for each in told.get("manifests") or []
        ]
        return Manifest(
            digest=f"sha256:{hashlib.sha256(answer.content).hexdigest()}",
            media_type=str(told.get("mediaType") or answer.headers.get("Content-Type", "")),
            size=len(answer.content),
            blobs=read_blobs(told),
            children=tuple(each for each in listed if each),
            platform=platform,
        )

    def contents(self) -> Contents:
        """All repositories, tags and manifests, as they are now.

        Raises:
            RegistryError: no answer, or one that refuses.
        """
        repositories = self.repositories()
        found = [
            Tag(repository, name, manifest)
            for repository in repositories
            for name in self.tags(repository)
            if (manifest := self.manifest(repository, name))
        ]
        return Contents(tuple(repositories), tuple(found))

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _names(self, path: str, key: str) -> list[str]:
        names: list[str] = []
        following = f"{path}?n={MOST_AT_ONCE}"
        while following:
            answer = self.ask("GET", following)
            if answer.status_code == requests.codes.not_found:
                return names
            names += self._json(answer).get(key) or []
            onward = urlsplit(answer.links.get("next", {}).get("url", ""))
            following = f"{path}?{onward.query}" if onward.query else ""
        return names

    def _json(self, answer: requests.Response) -> Mapping[str, Any]:
        if answer.status_code == requests.codes.unauthorized:
            raise RegistryError(f"The registry at {self.address} asks for a user and a password.")
        try:
            answer.raise_for_status()
            told = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise RegistryError(f"The registry at {self.address} answers: {error}") from error
        return told if isinstance(told, dict) else {}
