"""Names people call each other. Not transitive: Bob is Robert and Bob is Bobby, no more."""

from __future__ import annotations

from functools import cache

from nicknames import NickNamer

#: Portuguese and Spanish, name first: our own table, the package knows English.
OWN = """
alberto beto
alejandra ale sandra
alejandro alex ale jandro
alexandre alex xande
ana aninha anita
antonia toninha tonia
antonio toninho tonho toni tono
augusto guto
beatriz bia bea
camila mila
carlos carlinhos cadu carlitos
carolina carol carola
concepcion concha conchi
daniel dani
daniela dani
dolores lola loli
domingos mingo
eduardo edu dudu lalo
enrique quique kike
fernanda nanda fer
fernando nando fer
francisca chica fran paca
francisco chico kiko paco pancho fran curro
gabriel biel gabi gabo
gabriela gabi gaby
guadalupe lupe lupita
guilherme gui
guillermo guille memo
gustavo guga gus
henrique rick ique
ignacio nacho
isabel bel isa chabela
isabela isa bela
jesus chus chuy
joao joca joaozinho
joaquim quim quincas
jose ze zeca pepe
josefa pepa zefa
juliana ju juli
leonardo leo
leticia leti
luciana lu luci
luis lula lucho
luiz lula luizinho
manoel mane manu
manuel manolo manu mane
marcelo celo
maria mariazinha mari
mariana mari
mateus teteu
mercedes merche meche
patricia pati paty
paulo paulinho
pedro pedrinho perico
pilar pili
rafael rafa
rafaela rafa
raimundo mundinho
regina re gina
renata re renatinha
ricardo rick ricky
roberto beto rober tito
rosario charo
sebastiao tiao bastiao
teresa tere tete
vinicius vini
"""


@cache
def _english() -> NickNamer:
    return NickNamer()


@cache
def _own() -> dict[str, frozenset[str]]:
    rows = (line.split() for line in OWN.split("\n") if line)
    return {name: frozenset(short) for name, *short in rows}


@cache
def called(name: str) -> frozenset[str]:
    """What somebody of this given name (folded) may be called."""
    return frozenset(_english().nicknames_of(name)) | _own().get(name, frozenset())


def are_nicknames(first: str, second: str) -> bool:
    """Whether one given name is a nickname of the other."""
    return second in called(first) or first in called(second)
