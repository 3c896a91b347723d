"""Words for people, as a cargo may be called: no robot carries one, whatever a registry calls an item."""

from __future__ import annotations

import re
import unicodedata

_LATIN = """
people person persons man men woman women child children kid kids boy girl baby babies human humans guy guys somebody
someone patient patients visitor visitors guest guests colleague colleagues worker workers employee employees coworker
coworkers passenger passengers nurse doctor operator guard intern trainee him her them me us mensch menschen leute
personen manner frau frauen kind kinder patienten patientin besucher besucherin gast gaste kollege kollegen kollegin
mitarbeiter mitarbeiterin ihn sie mich uns jemanden personne personnes gens homme hommes femme femmes enfant enfants
bebe patiente visiteur visiteurs collegue collegues ouvrier ouvriers stagiaire moi persona personas gente hombre hombres
mujer mujeres nino ninos nina ninas paciente pacientes visitante visitantes companero companeros companera trabajador
trabajadores vigilante alguien
"""
_HAN = "人 人员 病人 患者 孩子 小孩 婴儿 同事 访客 客人 工人 员工 某人 他 她 我 我们"
_BEFORE = """
the a an my our some two three der die das den dem ein eine einen le la les l un une des mon el los las una mi
"""
_WORDS = frozenset((_LATIN + _HAN).split())
_ARTICLES = frozenset(_BEFORE.split())


def is_people(name: str) -> bool:
    """Whether a cargo's whole name is a word for people: "the patients", "den Kollegen", "病人"; not "patient meals"."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    words = re.findall(r"\w+", "".join(c for c in folded if not unicodedata.combining(c)))
    while words and (words[0] in _ARTICLES or words[0].isdigit()):
        words = words[1:]
    return len(words) == 1 and words[0] in _WORDS
