"""The commands ``kg store …``: arguments in, calls out. What a command needs is imported when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option, Typer

store = Typer(name="store", help="Stores: look at them, copy them, tidy them up.")

Where = Annotated[str, Argument(metavar="STORE", help="A store's folder, or the URL of a SPARQL endpoint.")]
Folder = Annotated[Path, Argument(metavar="STORE", help="A store's folder.")]
Copy = Annotated[Path, Argument(metavar="FOLDER", help="A folder that isn't there yet.")]
Case = Annotated[str, Argument(metavar="CASE", help="The id of a case, or its IRI.")]
Output = Annotated[str, Option("--output", "-o", metavar="OUT", help="A file, or - (the default).")]
Form = Annotated[str, Option("--to", metavar="FORMAT", help="nq, trig or jsonld; else by OUT.")]


@store.command()
def info(where: Where) -> None:
    """How much is in a store."""
    from kg.store.opening import open_store

    for name, number in open_store(where).counts().items():
        print(f"{name:<7}  {number}")


@store.command()
def backup(folder: Folder, copy: Copy) -> None:
    """Copy a store, also while it is written."""
    from kg.store.opening import open_folder

    open_folder(folder).backup(copy)


@store.command()
def compact(folder: Folder) -> None:
    """Give back the space of what was replaced or removed."""
    from kg.store.opening import open_folder

    found = open_folder(folder, write=True)
    found.compact()
    found.flush()


@store.command()
def dump(where: Where, output: Output = "-", to: Form = "") -> None:
    """Write all graphs of a store with their names."""
    import sys

    from kg.graph.write import replacing
    from kg.store.opening import open_store

    form = to or ("nq" if output == "-" else Path(output).suffix[1:])
    found = open_store(where)
    if output == "-":
        found.dump(sys.stdout.buffer, form)
        return
    with replacing(Path(output)) as out:
        found.dump(out, form)


@store.command()
def remove(where: Where, case: Case) -> None:
    """Remove the graph of a case."""
    from kg.store.opening import find_case, open_store

    found = open_store(where, write=True)
    found.remove(find_case(found, case))
    found.flush()
