"""Is the public surface what it is said to be, and does ``import kg`` stay light?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import kg
import kg.reading
from kg.errors import GraphError, InputError, TableError, UsageError

SURFACE = ["Case", "Document", "Finding", "KgError", "Span", "Table", "__version__", "ask", "build", "read"]
HEAVY = ("ahocorasick_rs", "networkx", "owlready2", "pyoxigraph", "pyshacl", "rdflib", "rich", "typer")


def test_the_surface_is_pinned() -> None:
    assert sorted(kg.__all__) == SURFACE
    assert set(SURFACE) <= set(dir(kg))


@pytest.mark.parametrize("name", SURFACE)
def test_every_name_resolves_and_says_what_it_is(name: str) -> None:
    value = getattr(kg, name)
    assert isinstance(value, str) or value.__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'reader'"):
        kg.reader  # noqa: B018


def test_the_surface_works() -> None:
    case = kg.read("Tumeur stromale gastro-intestinale gastrique. Le CD117 est positif.", id="gist")
    assert isinstance(case, kg.Case)
    assert case.document == kg.Document("gist", "fr", case.document.text)
    assert any('"CD117"' in value for _, _, value in kg.build(case))
    assert kg.ask(kg.build(case), "marker-profile").columns[:4] == ("case", "date", "marker", "result")
    assert kg.Span(2, 5).overlaps(kg.Span(4, 9))


@pytest.mark.parametrize("error", [InputError, TableError, GraphError, UsageError])
def test_every_error_is_a_kg_error(error: type[kg.KgError]) -> None:
    assert issubclass(error, kg.KgError)
    assert error.exit_code == (2 if error is UsageError else 3)


def test_import_is_light() -> None:
    code = f"import kg, sys; print(kg.__version__, *(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [kg.__version__]


def test_the_map_of_the_reader_names_every_module_once() -> None:
    lines = [line for line in (kg.reading.__doc__ or "").splitlines() if line.startswith("- ")]
    told = [name for line in lines for name in line.partition(":")[2].split()]
    folder = Path(kg.reading.__file__).parent
    assert sorted(told) == sorted(file.stem for file in folder.glob("*.py") if file.stem != "__init__")
