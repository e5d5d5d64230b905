"""Columns that say who is heard: a person or an animal, with or without `id`, in any language.

Who comes before where: recordings of one bird share its voice wherever it is heard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# With or without a word for a number beside them.
_PEOPLE = frozenset(
    (
        *("speaker", "spk", "talker", "artist", "patient", "subject", "participant", "singer"),
        *("performer", "player", "individual", "user", "client", "volunteer", "actor", "person"),
        *("student", "child", "musician", "pupil", "informant", "proband"),
        *("hablante", "locutor", "locutora", "artista", "paciente", "sujeto", "individuo"),
        *("persona", "cantante", "intérprete", "interprete", "voluntario", "voluntaria"),
        *("alumno", "alumna", "estudiante", "niño", "niña", "músico"),
        *("sprecher", "sprecherin", "künstler", "kuenstler", "probandin", "versuchsperson", "vp"),
        *("sänger", "sängerin", "saenger", "schüler", "schülerin", "patientin", "individuum"),
        *("teilnehmer", "teilnehmerin", "musiker", "spieler"),
        *("locuteur", "locutrice", "artiste", "sujet", "élève", "individu", "chanteur"),
        *("chanteuse", "participante", "personne", "enfant", "interprète", "musicien"),
        *("falante", "orador", "indivíduo", "sujeito", "pessoa", "cantor", "cantora", "aluno"),
        *("parlante", "soggetto", "paziente", "partecipante"),
    )
)
_ANIMALS = frozenset(
    (
        *("animal", "bird", "specimen", "ave", "pájaro", "pajaro", "ejemplar", "tier", "vogel"),
        *("oiseau", "pássaro", "passaro", "uccello", "animale", "ocell", "espécimen", "especimen"),
        *("exemplar", "spécimen", "dier", "djur", "fågel", "fugl"),
    )
)
# Only beside a word for a number: alone they are rather a class.
_SPECIES = frozenset(
    (
        *("dog", "cat", "bat", "whale", "dolphin", "frog", "mouse", "rat", "pig", "cow", "hen"),
        *("monkey", "fish", "insect", "bee", "sheep", "goat", "horse", "seal", "elephant"),
        *("perro", "gato", "murciélago", "murcielago", "ballena", "delfín", "delfin", "rana"),
        *("ratón", "raton", "cerdo", "vaca", "gallina", "abeja", "oveja", "caballo"),
        *("hund", "katze", "fledermaus", "wal", "delfin", "frosch", "maus", "ratte", "schwein"),
        *("kuh", "huhn", "affe", "biene", "schaf", "pferd"),
        *("chien", "chat", "baleine", "dauphin", "grenouille", "souris", "cochon", "vache"),
        *("poule", "singe", "abeille", "mouton", "cheval"),
    )
)
_NUMBER = (
    r"id|nr|no|num|number|code|uid|ident|identifier|número|numero|código|codigo|nummer|kennung"
)
_RING = r"ring|band|collar|tag|anillo|anilla|bague|anello|anilha"
_BEFORE = re.compile(rf"(?:{_NUMBER})(?:del|de|du|von|of|do|da)?(?P<who>.+)")
_BEHIND = re.compile(rf"(?P<who>.+?)(?:(?:{_RING})?(?:{_NUMBER})|{_RING}|name|nombre)")
_GERMAN_PLURAL = re.compile(r"(?<=.{3})(?:en|s|n)$")  # `Individuennummer`, `Vogelnummer`


def says_who(bare_name: str) -> bool:
    """Whether a column says by its name which person or animal is heard.

    Args:
        bare_name: without case, spaces and joining marks, as `vocabulary.bare` writes it.

    >>> [says_who(name) for name in ("birdid", "idave", "vogelnr", "individuo", "site", "birdsex")]
    [True, True, True, True, False, False]
    """
    if bare_name in _PEOPLE or bare_name in _ANIMALS:
        return True
    found = [_BEFORE.fullmatch(bare_name), _BEHIND.fullmatch(bare_name)]
    stems = {match["who"] for match in found if match}
    if bare_name.endswith(("name", "nombre")):  # of a bird it may be the species
        return not stems.isdisjoint(_PEOPLE)
    return not (stems | _singular(stems)).isdisjoint(_PEOPLE | _ANIMALS | _SPECIES)


def _singular(stems: Iterable[str]) -> set[str]:
    """The stems without what German puts between two nouns."""
    return {_GERMAN_PLURAL.sub("", stem) for stem in stems} | {
        _GERMAN_PLURAL.sub("um", stem) for stem in stems
    }


def in_order(names: Iterable[str], known: Iterable[str], first: str) -> list[str]:
    """Those of `names` that say who, where or when, by the order of preference.

    Args:
        names: bare names of columns.
        known: names that tell a group, in the order of preference.
        first: before this one stand the names that say who.
    """
    order = [*known]
    at = order.index(first)
    rank = {name: place for place, name in enumerate(order)}
    found = [name for name in names if name in rank or says_who(name)]
    return sorted(found, key=lambda name: rank.get(name, at - 0.5))
