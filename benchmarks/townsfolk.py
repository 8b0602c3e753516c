"""Customers of a Brazilian town as shops record them: typed by many hands, some of them twice.

Unlike the labelled sets of others these have phones, documents and households: namesakes, couples
and siblings with one phone, twins, a father and son of one name. What a record says of a person
leaves out much and gets some of it wrong. Which records are one person is known.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

GIVEN = """
maria jose ana joao antonio francisco carlos paulo pedro lucas luiz marcos gabriel rafael daniel
marcelo bruno eduardo felipe rodrigo manoel mateus andre fernando fabio leonardo gustavo guilherme
leandro tiago anderson ricardo marcio jorge alexandre roberto edson diego vitor sergio claudio
matheus thiago geraldo adriano luciano julio renato alex vinicius rogerio samuel ronaldo mario
flavio igor douglas davi manuel jeferson cicero victor miguel robson mauricio danilo henrique caio
francisca antonia adriana juliana marcia fernanda patricia aline sandra camila amanda bruna jessica
leticia julia luciana vanessa mariana gabriela vera vitoria larissa claudia beatriz luana rita sonia
renata eliane josefa simone natalia cristiane carla debora rosangela jaqueline rosa daniela
aparecida marlene terezinha raimunda andreia fabiana lucia raquel angela rafaela joana luzia elaine
daniele regina alessandra isabela priscila tatiane marina helena otavio benedito heloisa laura
manuela sofia alice valentina bernardo heitor arthur theo lorena cecilia clara isadora antonella
""".split()
FAMILY = """
silva santos oliveira souza rodrigues ferreira alves pereira lima gomes costa ribeiro martins
carvalho almeida lopes soares fernandes vieira barbosa rocha dias nascimento andrade moreira nunes
marques machado mendes freitas cardoso ramos goncalves santana teixeira araujo pinto cavalcanti
moura campos batista borges correia castro monteiro melo miranda nogueira barros reis farias xavier
peixoto coelho cunha azevedo macedo bezerra guimaraes siqueira tavares duarte brito sales moraes
fonseca aguiar queiroz assis bastos magalhaes pacheco leite viana figueiredo medeiros rezende
sampaio amaral franca pires prado camargo maia braga toledo neves lacerda paiva torres furtado
garcia vasconcelos amorim chaves simoes dantas matos valente bueno esteves drummond krull schmidt
tanaka yamamoto rossi bianchi ferrari muller weber kowalski nakamura salgado falcao brandao
""".split()
NICKNAMES = {
    "francisco": "chico", "jose": "ze", "antonio": "toni", "eduardo": "edu", "roberto": "beto",
    "carlos": "cadu", "luiz": "lula", "rafael": "rafa", "fernanda": "nanda", "leonardo": "leo",
    "guilherme": "gui", "gustavo": "guga", "gabriel": "biel", "isabela": "bela", "beatriz": "bia",
    "patricia": "paty", "juliana": "ju", "gabriela": "gabi", "mariana": "mari", "camila": "mila",
}  # fmt: skip
STREETS = (
    """
Rua das Flores|Rua Augusta|Avenida Brasil|Rua Sete de Setembro|Rua Quinze de Novembro|Rua da Paz
Rua Tiradentes|Avenida Paulista|Rua Dom Pedro II|Rua Santos Dumont|Rua do Comercio|Rua Bela Vista
Rua Castro Alves|Avenida Getulio Vargas|Rua Marechal Deodoro|Rua Rui Barbosa|Rua Santa Luzia
Rua Sao Jose|Avenida Independencia|Rua Duque de Caxias|Rua Amazonas|Rua Bahia|Rua Goias|Rua Ceara
Rua Pernambuco|Rua Rio Branco|Rua Boa Vista|Rua Nova|Rua da Aurora|Avenida Atlantica|Rua do Sol
""".strip()
    .replace("\n", "|")
    .split("|")
)
CITIES = (
    ("Sao Paulo", "SP", "01"), ("Campinas", "SP", "13"), ("Santos", "SP", "11"),
    ("Rio de Janeiro", "RJ", "20"), ("Niteroi", "RJ", "24"), ("Belo Horizonte", "MG", "30"),
    ("Curitiba", "PR", "80"), ("Recife", "PE", "50"), ("Salvador", "BA", "40"),
)  # fmt: skip
DOMAINS = ("gmail.com", "gmail.com", "hotmail.com", "yahoo.com.br", "uol.com.br", "outlook.com")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    street: str
    number: str
    city: str
    region: str
    postal_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A customer as one hand typed it. ``who`` is the person: equal for records of one person."""

    who: int
    given: str
    family: str
    birth_date: dt.date | None = None
    cpf: str = ""
    phone: str = ""
    email: str = ""
    home: Home | None = None


@dataclass(slots=True)
class Town:
    """Makes households one after the other; ``records`` is a stream, however long."""

    seed: int = 1
    #: Share of people who are recorded more than once.
    doubled: float = 0.12
    _dice: random.Random = field(init=False)
    _count: int = field(init=False, default=0)
    _addresses: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # no secret

    def records(self, count: int) -> Iterator[Record]:
        """About ``count`` records, at least."""
        made = 0
        while made < count:
            for person in self._household():
                yield self._partly(person)
                made += 1
                while self._chance(self.doubled):
                    yield self._again(person)
                    made += 1

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share

    def _common(self, words: list[str]) -> str:
        """The first words are far more common than the last ones."""
        return words[int(len(words) * self._dice.random() ** 2.2)]

    def _household(self) -> list[Record]:
        families = [self._common(FAMILY) for _ in range(self._dice.choice((1, 1, 2, 2, 3)))]
        family, home, landline = " ".join(families), self._home(), self._phone("3")
        size = self._dice.choices((1, 2, 3, 4), (55, 22, 13, 10))[0]
        members = [self._person(family, home)]
        while len(members) < size:
            relative = self._relative(members[0], family, home)
            named = {each.given.split()[0] for each in members}
            # Nobody calls two children Pedro; only a son may have his father's name.
            if relative.family.endswith("filho") or relative.given.split()[0] not in named:
                members.append(relative)
        if size > 1 and self._chance(0.35):
            # One phone for all, and nobody marked it as shared.
            phone = members[0].phone or landline
            members = [replace(each, phone=phone) for each in members]
        if size > 1 and self._chance(0.06):
            members = [replace(each, email=members[0].email) for each in members]
        return members

    def _person(self, family: str, home: Home, born: dt.date | None = None) -> Record:
        self._count += 1
        given = self._common(GIVEN)
        if self._chance(0.25):
            given += " " + self._common(GIVEN)
        born = born or dt.date(1940, 1, 1) + dt.timedelta(days=self._dice.randrange(24000))
        return Record(
            who=self._count,
            given=given,
            family=family,
            birth_date=born,
            cpf=f"{self._dice.randrange(10**11):011}",
            phone=self._phone("9"),
            email=self._email(given, family, born),
            home=home,
        )

    def _relative(self, head: Record, family: str, home: Home) -> Record:
        dice = self._dice.random()
        if dice < 0.02:
            # A son of his father's name, who mostly says so.
            family = f"{head.family} filho" if self._chance(0.8) else head.family
            return replace(self._person(family, home), given=head.given)
        if dice < 0.04:
            # A twin.
            return self._person(family, home, born=head.birth_date)
        if dice < 0.4:
            # Married, and kept her name.
            return self._person(self._common(FAMILY), home)
        return self._person(family, home)

    def _home(self) -> Home:
        city, region, prefix = self._dice.choice(CITIES)
        return Home(
            street=self._dice.choice(STREETS),
            number=str(self._dice.randrange(1, 2000)),
            city=city,
            region=region,
            postal_code=f"{prefix}{self._dice.randrange(1000):03}-{self._dice.randrange(60):03}",
        )

    def _phone(self, first: str) -> str:
        digits = 8 if first == "9" else 7
        area = self._dice.choice(("11", "13", "19", "21", "31", "41", "71", "81"))
        return f"+55{area}{first}{self._dice.randrange(10**digits):0{digits}}"

    def _email(self, given: str, family: str, born: dt.date) -> str:
        last = next(word for word in reversed(family.split()) if word != "filho")
        first = given.split()[0]
        tail = self._dice.choice(("", str(born.year)[2:], str(self._dice.randrange(999))))
        joint = self._dice.choice((".", "", "_"))
        return self._free(f"{first}{joint}{last}{tail}", self._dice.choice(DOMAINS))

    def _free(self, local: str, domain: str) -> str:
        """An address that nobody else has: the provider asks the second one to choose another."""
        address = f"{local}@{domain}"
        while address in self._addresses:
            address = f"{local}{self._dice.randrange(1000)}@{domain}"
        self._addresses.add(address)
        return address

    def _partly(self, person: Record) -> Record:
        """What one form asked for."""
        return replace(
            person,
            birth_date=person.birth_date if self._chance(0.5) else None,
            cpf=person.cpf if self._chance(0.35) else "",
            email=person.email if self._chance(0.65) else "",
            home=person.home if self._chance(0.5) else None,
        )

    def _again(self, person: Record) -> Record:
        """The same person another time, by another hand."""
        given, family = self._called(person.given), person.family
        words = family.split()
        if len(words) > 1 and self._chance(0.35):
            family = words[-1] if self._chance(0.7) else words[0]
        changed = replace(
            person,
            given=self._mistyped(given, 0.12),
            family=self._mistyped(family, 0.12),
            birth_date=self._slipped(person.birth_date),
            cpf=person.cpf if self._chance(0.97) else "",
            phone=person.phone if self._chance(0.72) else self._phone("9"),
            email=self._other_email(person),
            home=person.home if self._chance(0.8) else self._home(),
        )
        if self._chance(0.02):
            changed = replace(changed, given=changed.family, family=changed.given)
        told = self._partly(changed)
        return replace(told, phone=told.phone if self._chance(0.9) else "")

    def _called(self, given: str) -> str:
        words = given.split()
        if self._chance(0.12):
            words[0] = NICKNAMES.get(words[0], words[0])
        return words[0] if len(words) > 1 and self._chance(0.5) else " ".join(words)

    def _mistyped(self, text: str, share: float) -> str:
        if len(text) < 3 or not self._chance(share):
            return text
        at = self._dice.randrange(1, len(text) - 1)
        return self._dice.choice(
            (
                text[:at] + text[at + 1 :],
                text[:at] + self._dice.choice(LETTERS) + text[at + 1 :],
                text[:at] + text[at + 1] + text[at] + text[at + 2 :],
                text[:at] + text[at] + text[at:],
            )
        )

    def _slipped(self, born: dt.date | None) -> dt.date | None:
        if born is None or not self._chance(0.06):
            return born
        if born.day <= 12 and self._chance(0.4):
            return born.replace(month=born.day, day=born.month)
        return born + dt.timedelta(days=self._dice.choice((1, -1, 10, -10, 365)))

    def _other_email(self, person: Record) -> str:
        dice = self._dice.random()
        if dice < 0.65 or person.birth_date is None:
            return person.email
        if dice < 0.75:
            local, _at, domain = person.email.partition("@")
            return f"{self._mistyped(local, 1)}@{domain}"
        return self._email(person.given, person.family, person.birth_date)
