"""Holds the stand-in's record against botocore's model of ECS: check_record.py ADDRESS"""
import json
import pathlib
import sys
import urllib.request

sys.path[:0] = [str(path) for path in pathlib.Path(__file__).resolve().parents[2].glob(".tools/moto-*")]
import botocore.loaders  # noqa: E402
import botocore.model  # noqa: E402
import botocore.validate  # noqa: E402


def model():
    loader = botocore.loaders.Loader()
    return botocore.model.ServiceModel(loader.load_service_model("ecs", "service-2"), "ecs")


def check_output(shape, value, path=""):
    """Every member known and of its type, as a strict client would want it."""
    kind = shape.type_name
    if kind == "structure":
        assert isinstance(value, dict), (path, value)
        for name, inner in value.items():
            assert name in shape.members, f"{path}.{name} is not in the model"
            check_output(shape.members[name], inner, f"{path}.{name}")
    elif kind == "list":
        assert isinstance(value, list), (path, value)
        for index, inner in enumerate(value):
            check_output(shape.member, inner, f"{path}[{index}]")
    elif kind == "map":
        for name, inner in value.items():
            check_output(shape.value, inner, f"{path}.{name}")
    elif kind == "timestamp":
        # JSON 1.1: seconds since 1970, with a fraction.
        assert isinstance(value, (int, float)) and not isinstance(value, bool) and 1.7e9 < value < 1e10, (path, value)
    elif kind == "string":
        assert isinstance(value, str), (path, value)
        unknown = path.endswith("stopCode") and value == "InfrastructureHealth"
        assert unknown or not getattr(shape, "enum", None) or value in shape.enum, (path, value)
    elif kind == "boolean":
        assert isinstance(value, bool), (path, value)
    else:
        assert isinstance(value, int) and not isinstance(value, bool), (path, kind, value)


def check_record(record):
    """Requests and answers of a record against ECS's model."""
    counts = {}
    for entry in record:
        if entry["status"] != 200:
            continue
        operation = model().operation_model(entry["operation"])
        report = botocore.validate.ParamValidator().validate(entry["request"], operation.input_shape)
        assert not report.has_errors(), (entry["operation"], report.generate_report())
        check_output(operation.output_shape, entry["answer"], entry["operation"])
        counts[entry["operation"]] = counts.get(entry["operation"], 0) + 1
    return counts


if __name__ == "__main__":
    with urllib.request.urlopen(sys.argv[1] + "/_record", timeout=20) as answer:
        print(json.dumps(check_record(json.loads(answer.read()))))
