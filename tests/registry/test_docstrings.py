from __future__ import annotations

from workbench.registry.docstrings import documentation


def documented(first, second, *rest):
    """Say what it does
    on two lines.

    More text.

    And more.

    Parameters
    ----------
    first, second : float
        Shared words
        on two lines.
    *rest : int, optional
        The rest.

    Returns
    -------
    float
        Not a parameter.
    """


def test_a_docstring_in_its_parts():
    found = documentation(documented)
    assert found.summary == "Say what it does on two lines."
    assert found.text == "More text.\n\nAnd more."
    assert found.parameters == {
        "first": "Shared words on two lines.",
        "second": "Shared words on two lines.",
        "rest": "The rest.",
    }


def test_no_docstring_gives_empty_parts():
    found = documentation(lambda: None)
    assert (found.summary, found.text, found.parameters) == ("", "", {})
