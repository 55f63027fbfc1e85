"""Starting an installed or frozen program as a person would, and looking at what it shows."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageChops

#: Least share of pixels in colour. Panes with data have 2 % and more, empty ones hardly any.
COLORED_SHARE = 0.008
CHROMA = 48
PANES = ("scalars", "images", "distributions", "histograms", "projector")
SECONDS = 300


def said_by(words: Sequence[str | Path], environment: Mapping[str, str], user: int | None = None) -> str:
    """The standard output of a command that ends well and says nothing on standard error."""
    account = {} if user is None else {"user": user, "group": user, "extra_groups": ()}
    done = subprocess.run(
        [str(word) for word in words],
        env=dict(environment),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=SECONDS,
        **account,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, f"{words} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
    assert done.stderr == "", f"{words} said:\n{done.stderr}"
    return str(done.stdout)


def try_window(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    pictures: Path,
    user: int | None = None,
    seen_from_here: Path | None = None,
) -> None:
    """Open the demo in the program's window, show all panes and look at them.

    By the program's own self-test where it has one; and always by pictures of the panes, which go into ``pictures``
    (the program's view of the folder ``seen_from_here``, where that is another).
    """
    if "--selftest" in said_by([*command, "--help"], environment, user):
        assert "passed" in said_by([*command, "--selftest"], environment, user)
    said = said_by([*command, "--demo", "--screenshot", pictures], environment, user)
    assert "0 problems" in said.splitlines()[0]
    look_at(seen_from_here or pictures)


def look_at(folder: Path) -> None:
    """Each pane is there in both themes, and shows data: in the light one, which is photographed last, when the
    projection that the first visit began has had its time.
    """
    for pane in PANES:
        assert (folder / f"{pane}-dark.png").is_file()
        share = colored(folder / f"{pane}-light.png")
        assert share >= COLORED_SHARE, f"{pane} shows nothing: {100 * share:.2f} % of it in colour"


def colored(file: Path) -> float:
    """The share of pixels of the pane (the window without its frame of lists) whose channels differ clearly."""
    with Image.open(file) as picture:
        width, height = picture.size
        inner = picture.convert("RGB").crop((width // 5, height // 8, width * 4 // 5, height))
    red, green, blue = inner.split()
    brightest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    counts = ImageChops.subtract(brightest, darkest).histogram()
    return sum(counts[CHROMA:]) / (inner.width * inner.height)
