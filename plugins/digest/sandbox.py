"""What a template may do: print, choose and repeat what it is given, and nothing that runs for long or grows large."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import wraps
from typing import Any

from jinja2 import StrictUndefined, TemplateRuntimeError, TemplateSyntaxError, Undefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.words import Link, Moment, Person, Phrase, Quote

LONGEST_TEXT = 5_000  # of a text or list on the way
LARGEST = 10**15
MOST_TIMES = 100  # of a range
MOST_STEPS = 20_000  # of all loops and filters together

Sentence = Phrase | Person | Link | Moment | Quote  # worded only when the message is written

# Those that make text take no sentences, which aren't text yet; anything not named here doesn't exist.
_OF_TEXT = ("capitalize", "escape", "join", "lower", "replace", "string", "title", "trim", "truncate", "upper")
_OF_ANY = (
    "abs", "count", "d", "default", "dictsort", "first", "float", "int", "items", "last", "length", "list", "map",
    "max", "min", "reject", "rejectattr", "reverse", "round", "select", "selectattr", "sort", "sum", "unique",
)  # fmt: skip
_EACH = "each one"  # a filter's name that no template can write
_REFUSED = {
    nodes.Macro: "macros", nodes.CallBlock: "call", nodes.FilterBlock: "filter blocks", nodes.AssignBlock: "set blocks",
    nodes.Include: "other files", nodes.Import: "other files", nodes.FromImport: "other files",
    nodes.Extends: "other files", nodes.Block: "blocks", nodes.ScopedEvalContextModifier: "autoescape",
}  # fmt: skip


class _Writer(CodeGenerator):
    """Has `~` done by the sandbox."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.joined((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2 without anything that could reach out of the template, or go on without end."""

    code_generator_class = _Writer
    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def __init__(self, finalize: Callable[..., object]) -> None:
        super().__init__(
            undefined=StrictUndefined,
            finalize=finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,  # constants are worked out like all else: under the limits, with a line to blame
        )
        self.globals = {"range": _times}
        known = self.filters
        self.filters = {name: self._bounded(name, known[name]) for name in (*_OF_ANY, *_OF_TEXT)}
        self.filters[_EACH] = self._each
        self._steps = 0

    def call(self, context: Any, called: Any, /, *given: Any, **named: Any) -> Any:
        """Call what may be called."""
        if not isinstance(called, Undefined) and not self.is_safe_callable(called):
            raise SecurityError("range alone can be called here")
        return context.call(called, *given, **named)

    def is_safe_callable(self, obj: Any) -> bool:
        """`range`, and a loop's own `cycle` and `changed`: no method of anything else."""
        return obj is _times or isinstance(getattr(obj, "__self__", None), LoopContext)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Sums of numbers, times and dates; texts may be put together by +."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return self.joined((left, right))
        if operator == "**" or not all(isinstance(side, int | float | timedelta | date) for side in (left, right)):
            raise SecurityError(f"{operator} is for numbers here")
        if any(isinstance(side, int) and abs(side) > LARGEST for side in (left, right)):
            raise SecurityError("a number is too large")
        return super().call_binop(context, operator, left, right)

    def joined(self, parts: Sequence[object]) -> str:
        """Texts put together by ~."""
        if any(isinstance(part, Sentence | list | tuple | Mapping) for part in parts):
            raise TemplateRuntimeError("sentences can't be put together by ~; print one after the other")
        text = str(_not_too_long("".join(str(part) for part in parts)))
        self._spend(1 + len(text) // 10)
        return text

    def checked(self, source: str) -> nodes.Template:
        """The template read; raises TemplateSyntaxError also for what there is in Jinja2 but not here."""
        tree = self.parse(source)
        for kind, name in _REFUSED.items():
            for node in tree.find_all(kind):
                raise TemplateSyntaxError(f"there are no {name} in this template", node.lineno)
        for loop in tree.find_all(nodes.For):
            if loop.recursive:
                raise TemplateSyntaxError("there are no recursive loops in this template", loop.lineno)
            weight = 1 + sum(1 for _ in loop.find_all(nodes.Node)) // 20
            loop.iter = nodes.Filter(loop.iter, _EACH, [nodes.Const(weight)], [], None, None, lineno=loop.lineno)
        return tree

    def _each(self, several: Iterable[object], weight: int) -> Iterator[object]:
        """What a loop goes through; a round is as many steps as there is to do in it."""
        for one in several:
            self._spend(weight)
            yield one

    def _spend(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MOST_STEPS:
            raise SecurityError(f"it goes on for more than {MOST_STEPS} steps")

    def _bounded(self, name: str, made: Callable[..., Any]) -> Callable[..., Any]:
        """The filter with a bounded result; one that makes text takes nothing but text."""

        @wraps(made)  # which also keeps what Jinja2 noted on it
        def bounded(*given: Any, **named: Any) -> Any:
            self._spend(1 + sum(len(value) // 10 for value in given if isinstance(value, str | list | tuple)))
            for value in given if name in _OF_TEXT else ():
                inner = value if isinstance(value, list | tuple) else (value,)
                if any(isinstance(one, Sentence) for one in inner):
                    raise TemplateRuntimeError(f"{name} is for text, not for a whole sentence; print it as it is")
            return _not_too_long(made(*given, **named))

        return bounded


def _times(*numbers: int) -> range:
    wanted = range(*numbers)
    if len(wanted) > MOST_TIMES:
        raise SecurityError(f"a range has {MOST_TIMES} numbers at most")
    return wanted


def _not_too_long(value: Any) -> Any:
    if isinstance(value, str | list) and len(value) > LONGEST_TEXT:
        raise SecurityError(f"a text or a list has a length of {LONGEST_TEXT} at most")
    return value
