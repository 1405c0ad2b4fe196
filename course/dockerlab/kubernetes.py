"""Whether a Kubernetes manifest keeps the schema that the Kubernetes project publishes."""

from __future__ import annotations

import kubernetes_validate
import yaml

VERSION = "1.34"


def problems(manifest: str, *, version: str = VERSION) -> list[str]:
    """Check each object in a manifest; no cluster is asked.

    Args:
        manifest: YAML, one object or several.
        version: of Kubernetes, whose schema is meant.

    Returns:
        What is wrong, a sentence for each object; none where all keep the schema.
    """
    try:
        objects = [each for each in yaml.safe_load_all(manifest) if each is not None]
    except yaml.YAMLError as error:
        return [f"This is no YAML: {' '.join(str(error).split())}"]
    if not objects:
        return ["There is no object in it."]
    return [told for each in objects if (told := _problem(each, version))]


def _problem(thing: object, version: str) -> str:
    if not isinstance(thing, dict) or not all(
        isinstance(thing.get(key), str) for key in ("apiVersion", "kind")
    ):
        return "An object needs an `apiVersion` and a `kind`."
    try:
        kubernetes_validate.validate(thing, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        place = ".".join(str(step) for step in error.absolute_path) or thing["kind"]
        return f"{place}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError:
        return f"Kubernetes {version} has no {thing['kind']} in {thing['apiVersion']}."
    return ""
