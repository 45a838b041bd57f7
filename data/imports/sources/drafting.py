"""A questionnaire drafted from its answers, where no instrument that is known asks the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from data.imports.register import code_of as slug_of
from data.imports.sources.families import Ticked, ticked
from data.imports.sources.found import Column, Found
from data.imports.sources.matching import code_of
from data.imports.sources.words import no_answer, number_in, plain, scale_of, words
from survey.instrument import Instrument
from survey.text import LANGUAGES

#: A question of more different answers than this is no closed question.
MOST_CHOICES = 12
#: Answers in people's own words hardly come again; choices do, so many times on the average.
OFTEN = 2
#: Numbers are a scale when they lie within this.
WIDEST = 10
_YES = {"fi": "Valittu", "sv": "Vald", "en": "Chosen"}
_NO = {"fi": "Ei valittu", "sv": "Inte vald", "en": "Not chosen"}
_DONT_KNOW = {"fi": "En osaa sanoa", "sv": "Kan inte säga", "en": "I cannot say"}
_NOT_APPLICABLE = {"fi": "Ei koske minua", "sv": "Gäller inte mig", "en": "Does not concern me"}
_PURPOSE = {
    "fi": "Luonnos, joka on tehty vastauksista ({file}). Tarkista sanamuodot ja asteikot.",
    "sv": "Ett utkast gjort av svaren ({file}). Granska ordalydelser och skalor.",
    "en": "A draft made of the answers ({file}). Check its wording and scales.",
}
_RECOMMENDS = re.compile(r"suosittel|rekommend|recommend", re.IGNORECASE)


@dataclass(slots=True)
class Draft:
    """An instrument in the making, and the columns of its items as a profile says them.

    left: columns that no closed question is made of. guessed: items whose order of answers is
    only that of the file.
    """

    sets: dict[str, dict] = field(default_factory=dict)
    items: list[dict] = field(default_factory=list)
    answers: dict[str, dict] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)


def drafted(
    found: Found, columns: list[Column], without: tuple[str, ...] = ()
) -> tuple[Instrument | None, Draft]:
    """An instrument of every closed question of a file; None where there is none.

    without: codes of items that a person leaves out.
    """
    draft = Draft()
    options, taken = ticked(found, columns)
    for column in columns:
        mine = [option for option in options if option.column.header == column.header]
        for option in mine:
            _add_option(draft, found, option)
        if mine or column.header in taken:
            continue
        if not _add_question(draft, found, column):
            draft.left.append(column.header)
    draft.items = [item for item in draft.items if item["code"] not in without]
    draft.answers = {c: answer for c, answer in draft.answers.items() if c not in without}
    draft.guessed = [code for code in draft.guessed if code not in without]
    if not draft.items:
        return None, draft
    name = _name(found.file)
    title = dict.fromkeys(LANGUAGES, found.file.rpartition(".")[0][:200] or found.file)
    body = {
        "code": name,
        "version": 1,
        "kind": "process",
        "title": title,
        "purpose": {language: text.format(file=found.file) for language, text in _PURPOSE.items()},
        "source": found.file,
        "answer_sets": draft.sets,
        "items": draft.items,
    }
    return Instrument.model_validate(body), draft


def _name(file: str) -> str:
    slug = slug_of(file.rpartition(".")[0] or file).replace("-", "_")[:40].strip("_")
    return slug if slug[:1].isalpha() else f"survey_{slug}"[:40].strip("_")


def _add_option(draft: Draft, found: Found, option: Ticked) -> None:
    draft.sets.setdefault("chosen", _answer_set("choice", [(0, _NO), (1, _YES)]))
    code = _code(draft, _hint(option.column.header if not option.cut else ""))
    stem = _stem(found, option)
    said = f"{stem} – {option.option}" if stem else option.option
    draft.items.append({"code": code, "answers": "chosen", "text": _text(said)})
    answer: dict = {"column": option.column.header, "values": {"1": 1, "0": 0}}
    if option.cut:
        answer |= {"option": option.option, "split": option.cut}
    else:
        answer["values"] |= {value: int(mark) for value, mark in option.values}
    if option.among:
        answer["among"] = list(option.among)
    if option.unless_blank:
        answer["unless_blank"] = option.unless_blank
    draft.answers[code] = answer


def _stem(found: Found, option: Ticked) -> str:
    said = found.structure.get(option.stem, {}).get("text", {})
    if said:
        return next(iter(said.values()))
    worded = re.fullmatch(r"[A-Za-z]\w*\[[^\]]*\]\.\s+(.*?)\s*\[.*\]", option.column.header)
    return worded[1] if worded else option.stem


def _add_question(draft: Draft, found: Found, column: Column) -> bool:
    """Whether a closed question was made of a column."""
    worded = found.structure.get(code_of(column.header), {}).get("answers", {})
    said = [value for value in column.values if no_answer(value) is None]
    if len(said) < 2 or len(said) > max(MOST_CHOICES, len(worded)):
        return False
    if column.numbers and not worded and not _is_scale(said):
        return False
    kind, choices, ordered = _choices(column, said, worded)
    if not ordered and column.filled < OFTEN * len(said):
        return False
    none = {no_answer(value) for value in column.values} - {None}
    body = _answer_set(kind, choices)
    body |= {"dont_know": _DONT_KNOW} if "dont_know" in none else {}
    body |= {"not_applicable": _NOT_APPLICABLE} if "not_applicable" in none else {}
    name = next((name for name, known in draft.sets.items() if known == body), None)
    if name is None:
        name = f"set{len(draft.sets) + 1}"
        draft.sets[name] = body
    code = _code(draft, _hint(column.header))
    draft.items.append({"code": code, "answers": name, "text": _asked(found, column)})
    values = {value: meant for meant, value in _pairs(choices, said, worded)}
    values |= {value: none for value in column.values if (none := no_answer(value))}
    draft.answers[code] = {"column": column.header, "values": values}
    if not ordered:
        draft.guessed.append(code)
    return True


def _is_scale(said: list[str]) -> bool:
    whole = [int(float(value.replace(",", "."))) for value in said]
    return min(whole) >= 0 and max(whole) <= WIDEST


def _choices(
    column: Column, said: list[str], worded: dict
) -> tuple[str, list[tuple[int, dict[str, str]]], bool]:
    """The kind of the answers, their codes and texts in order, and whether the order is known."""
    if column.numbers and not worded:
        whole = sorted({int(float(value.replace(",", "."))) for value in said})
        if whole[-1] == WIDEST and _RECOMMENDS.search(column.said):
            return "recommendation", [], True
        every = range(0 if whole[0] == 0 else 1, max(whole[-1], 2) + 1)
        return "ordinal", [(number, _text(str(number))) for number in every], True
    if steps := _numbered(said):
        named = {step: value for value, step in steps.items()}
        whole = range(min(0 if 0 in named else 1, *named), max(named) + 1)
        return "ordinal", [(step, _text(named.get(step, str(step)))) for step in whole], True
    texts = {code: next(iter(said.values()), code) for code, said in worded.items()}
    scale = scale_of([texts.get(value, value) for value in said])
    if scale:
        name, codes = scale
        named = {code: text for text, code in codes.items()}
        steps = range(1, words().lengths[name] + 1)
        return "ordinal", [(step, _step_text(name, step, named.get(step))) for step in steps], True
    if worded:
        listed = [_by_language(said, code) for code, said in worded.items()][:99]
        return "choice", list(enumerate(listed, 1)), True
    return "choice", [(at, _text(value)) for at, value in enumerate(sorted(said), 1)], False


def _numbered(said: list[str]) -> dict[str, int]:
    """The step of each answer where all are numbers, some with words: ``1 (not at all)``."""
    steps = {value: number_in(value) for value in said}
    numbers = list(steps.values())
    if None in numbers or len(set(numbers)) < len(numbers) or max(numbers) > WIDEST:
        return {}
    return steps


def _pairs(choices: list, said: list[str], worded: dict):
    """Codes and the values of cells that mean them."""
    if not choices:
        return [(int(float(value.replace(",", "."))), value) for value in said]
    if steps := _numbered(said):
        return [(step, value) for value, step in steps.items()]
    texts = {code: next(iter(words_.values()), code) for code, words_ in worded.items()}
    scale = scale_of([texts.get(value, value) for value in said])
    if scale:
        return [(scale[1][texts.get(value, value)], value) for value in said]
    if worded:
        places = {code: at for at, code in enumerate(worded, 1)}
        named = {plain(text): places[code] for code, text in texts.items()}
        return [
            (places.get(value) or named.get(plain(value)) or "missing", value) for value in said
        ]
    if all(re.fullmatch(r"-?[0-9]+([.,]0+)?", value) for value in said):
        return [(int(float(value.replace(",", "."))), value) for value in said]
    return [(code, text["en"]) for code, text in choices]


def _step_text(scale: str, step: int, said: str | None) -> dict[str, str]:
    """A step of a known scale: as the file says it, else in the first words of the list."""
    listed = next(text for text, at in words().scales[scale].items() if at == step)
    return _text(said or listed.capitalize())


def _answer_set(kind: str, choices: list) -> dict:
    body: dict = {"kind": kind}
    if choices:
        body["choices"] = [{"code": code, "text": text} for code, text in choices]
    return body


def _asked(found: Found, column: Column) -> dict[str, str]:
    """The text of a question, in the languages that a structure file knows."""
    said = found.structure.get(code_of(column.header), {})
    if said.get("text"):
        stems = said.get("stem", {})
        joined = {
            language: f"{stems[language]} – {text}" if stems.get(language) else text
            for language, text in said["text"].items()
        }
        return _by_language(joined, column.said)
    return _text(column.said)


def _by_language(said: dict[str, str], otherwise: str) -> dict[str, str]:
    """A text in three languages; one that is not told is the first that is."""
    known = {language[:2]: text for language, text in said.items() if text.strip()}
    first = next(iter(known.values()), otherwise)
    return {language: known.get(language, first) for language in LANGUAGES}


def _text(said: str) -> dict[str, str]:
    return dict.fromkeys(LANGUAGES, said)


def _hint(header: str) -> str:
    """A code in a header; empty where it holds words."""
    last = code_of(header)
    last = last if "[" in last else re.split(r"[/.:]", last)[-1]
    plainly = re.sub(r"[^A-Z0-9]+", "_", last.upper()).strip("_")
    short = len(plainly) <= 30 and " " not in last.strip()
    return plainly if short and plainly[:1].isalpha() else ""


def _code(draft: Draft, hint: str) -> str:
    used = {item["code"] for item in draft.items}
    if hint and hint not in used:
        return hint
    at = len(draft.items) + 1
    while f"Q{at}" in used:
        at += 1
    return f"Q{at}"
