"""Tool schemas and argument checks on anything."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_gym.tools import check_arguments, infer_schema, infer_tools
from agent_gym.trace import ToolSpec, Trace

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=4), x, max_size=3),
    max_leaves=10,
)
ANY = JSON | st.sets(st.integers()) | st.binary() | st.floats() | st.functions()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=4), JSON, max_size=4), min_size=1, max_size=6))
def test_what_was_logged_fits_what_is_inferred(rows):
    messages = [
        m
        for i, a in enumerate(rows)
        for m in (
            {"role": "assistant", "tool_calls": [{"id": str(i), "name": "t", "arguments": a}]},
            {"role": "tool", "tool_call_id": str(i), "result": 1},
        )
    ]
    spec = infer_tools([Trace.model_validate({"conversation_id": "c", "messages": messages})])["t"]
    assert all(check_arguments(spec, a) is None for a in rows)


@settings(max_examples=200, deadline=None)
@given(st.lists(JSON, max_size=5), ANY)
def test_checks_never_raise(values, arguments):
    spec = ToolSpec(name="t", parameters=infer_schema(values) or {"type": "object"})
    fault = check_arguments(spec, arguments)
    assert fault is None or fault.startswith("t: ")


def test_the_argument_at_fault_is_named():
    spec = ToolSpec(
        name="pay",
        parameters={
            "type": "object",
            "properties": {"amount": {"type": "number"}, "to": {"type": "string"}},
            "required": ["amount", "to"],
            "additionalProperties": False,
        },
    )
    assert "'to'" in (check_arguments(spec, {"amount": 1}) or "") and "'amount'" in (
        check_arguments(spec, {"amount": "1", "to": "x"}) or ""
    )
    assert "'when'" in (
        check_arguments(spec, {"amount": 1, "to": "x", "when": 1}) or ""
    ) and check_arguments(spec, {"amount": True, "to": "x"})
    assert check_arguments(spec, {"amount": 2, "to": "x"}) is None
