"""Which themes the words of open answers point to, in the three languages."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.keywords import suggest, themes
from survey.text import LANGUAGES

#: An answer of each theme in each language; the theme has to be among the suggested ones.
SAID = {
    "schedule": {
        "fi": [
            "Aikataulussa ei pysytty.",
            "Kokeiluun jäi liian vähän aikaa, emme ehtineet testata.",
            "Päätös viivästyi kuukausilla.",
            "Hankeaikataulun venyminen harmitti.",
        ],
        "sv": ["Tidtabellen höll inte.", "Vi hann inte pröva allt.", "Allt försenades."],
        "en": ["The schedule slipped.", "There was not enough time.", "Everything was delayed."],
    },
    "roles": {
        "fi": [
            "Rooleista ei sovittu.",
            "Vetovastuun siirtyminen jäi epäselväksi.",
            "Pelisäännöt puuttuivat.",
            "Kukaan ei tiennyt, kuka tekee mitä.",
        ],
        "sv": ["Rollerna var oklara.", "Spelreglerna saknades.", "Huvudansvaret flyttades."],
        "en": ["Roles were unclear.", "Nobody was in charge.", "Ground rules were missing."],
    },
    "information": {
        "fi": [
            "Tiedonkulku takkusi.",
            "Meille ei kerrottu jatkosta.",
            "Viestinnässä käytettiin liikaa ammattikieltä.",
            "Käsitteet olivat vaikeita.",
        ],
        "sv": ["Informationen kom inte fram.", "Vi fick inte veta något.", "Svåra ord användes."],
        "en": ["Communication failed.", "We were not told.", "Too much jargon."],
    },
    "facilitation": {
        "fi": [
            "Vetäjän työtavat toimivat hyvin.",
            "Fasilitoinnissa oli parannettavaa.",
            "Samat ihmiset olivat koko ajan äänessä.",
            "Palvelumuotoilumenetelmistä oli apua.",
        ],
        "sv": ["Faciliteringen var bra.", "De tystare kom till tals.", "Arbetssättet passade."],
        "en": ["The facilitator was great.", "Group work suited us.", "A few people dominated."],
    },
    "premises": {
        "fi": [
            "Tilassa oli kova melu.",
            "Pyörätuolilla ei päässyt sisään.",
            "Tilojen esteettömyydestä ei kerrottu.",
            "Tulkkausta ei järjestetty.",
        ],
        "sv": ["Lokalerna var trånga.", "Rullstolen kom inte in.", "Det bullrade i rummet."],
        "en": ["The room was noisy.", "The venue was not accessible.", "No lift for wheelchairs."],
    },
    "tools": {
        "fi": [
            "Työkaluja oli vaikea käyttää.",
            "Etäyhteys pätki koko ajan.",
            "Sovelluksen lomakkeet olivat hankalia.",
            "Tietojärjestelmään ei päässyt kirjautumaan.",
        ],
        "sv": ["Verktygen fungerade inte.", "Appen kraschade.", "Uppkopplingen bröts."],
        "en": ["The tools did not work.", "The app crashed.", "I could not log in."],
    },
    "participation": {
        "fi": [
            "Nuoret puuttuivat kokonaan.",
            "Asukkaita oli paikalla vähän.",
            "Samat ihmiset käyvät aina.",
            "Kutsut menivät vain tutuille.",
            "Vain harva yritys tuli mukaan.",
        ],
        "sv": ["De unga saknades.", "Få invånare kom.", "Samma människor som alltid."],
        "en": ["Young people were missing.", "Few residents came.", "The same people as always."],
    },
    "influence": {
        "fi": [
            "Ehdotuksiamme ei otettu huomioon.",
            "Päätökset oli tehty etukäteen.",
            "Meitä kuunneltiin oikeasti.",
            "Pääsimme vaikuttamaan lopulliseen malliin.",
        ],
        "sv": ["Vi blev inte hörda.", "Besluten var redan fattade.", "Vi fick påverka."],
        "en": ["Decisions had been made already.", "We were heard.", "Nobody listened to us."],
    },
    "resources": {
        "fi": [
            "Rahoitus loppui kesken.",
            "Työaikaa ei ollut varattu tarpeeksi.",
            "Henkilöstöresurssit eivät riittäneet.",
            "Määrärahat leikattiin.",
        ],
        "sv": ["Finansieringen tog slut.", "Det fanns inga pengar.", "Personalresurserna sinade."],
        "en": ["Funding ran out.", "There was no money.", "Staff time was short."],
    },
    "learning": {
        "fi": [
            "Opimme paljon toisiltamme.",
            "Opin uuden tavan tehdä työtä.",
            "Ymmärrän nyt paremmin yritysten arkea.",
            "Oma osaamiseni kasvoi.",
        ],
        "sv": ["Jag lärde mig mycket.", "Vi fick nya insikter.", "Kunskapen ökade."],
        "en": ["I learned a lot.", "We gained new skills.", "It gave me new insights."],
    },
    "cooperation": {
        "fi": [
            "Yhteistyö yritysten kanssa sujui.",
            "Luottamus kasvoi.",
            "Keskinäisen luottamuksen puute näkyi.",
            "Kouluyhteistyön ilmapiiri oli hyvä.",
        ],
        "sv": ["Samarbetet löpte bra.", "Förtroendet växte.", "Stämningen var god."],
        "en": ["Cooperation went well.", "Trust grew.", "We got to know each other."],
    },
    "usefulness": {
        "fi": [
            "Ratkaisusta oli oikeasti hyötyä.",
            "Hyödymme tästä arjessa.",
            "Lopputulos jäi käyttämättä, turhaa työtä.",
            "Palvelu parani selvästi.",
        ],
        "sv": ["Lösningen var till nytta.", "Resultatet var bra.", "Det var onödigt arbete."],
        "en": ["The result was useful.", "It solved our problem.", "A waste of effort."],
    },
}

#: Answers whose words look like those of a theme and are not, and the theme they must not get.
LOOKS_ALIKE = [
    ("fi", "Tilaisuus oli oikein onnistunut.", "premises"),
    ("fi", "Tilanne muuttui.", "premises"),
    ("fi", "Homma meni aika hyvin.", "schedule"),
    ("fi", "Oppilaat olivat innoissaan.", "learning"),
    ("fi", "Opiskelijoita oli kolme.", "learning"),
    ("fi", "Ohjausryhmä kokoontui.", "facilitation"),
    ("fi", "Ohjelma oli tiivis.", "information"),
    ("fi", "Asian käsittely jatkuu.", "information"),
    ("fi", "Hanke päättyi keväällä.", "influence"),
    ("fi", "Se vaikutti hyvältä.", "influence"),
    ("fi", "Kaikki alkoi alusta asti hyvin.", "tools"),
    ("fi", "Vaikka määrä kasvoi, siinä kaikki.", "resources"),
    ("fi", "Toimimme ohjeiden mukaan.", "participation"),
    ("sv", "Det var roligt.", "roles"),
    ("sv", "Vi hade god kontroll.", "roles"),
    ("sv", "Läraren var snäll.", "learning"),
    ("sv", "Hanna var bra.", "schedule"),
    ("sv", "Det lokala livet.", "premises"),
    ("sv", "Programmet var bra.", "tools"),
    ("en", "It was a fundamental change.", "resources"),
    ("en", "An informal evening.", "information"),
    ("en", "The first time I came here.", "schedule"),
    ("en", "The train was full.", "learning"),
]

SENTENCES = [
    pytest.param(theme, language, said, id=f"{theme}-{language}-{number}")
    for theme, by_language in SAID.items()
    for language, sentences in by_language.items()
    for number, said in enumerate(sentences)
]


def test_themes_are_those_that_people_speak_of():
    assert set(themes()) == set(SAID)
    for theme in themes().values():
        names = [theme.name.in_language(language) for language in LANGUAGES]
        assert len(set(names)) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_stands_twice_under_a_theme(language):
    for code, theme in themes().items():
        words = getattr(theme.words, language)
        assert len(words) == len(set(words)), code
        assert all(word == word.casefold() for word in words), code


@pytest.mark.parametrize(("theme", "language", "said"), SENTENCES)
def test_an_answer_is_suggested_its_theme(theme, language, said):
    assert theme in suggest(said, language)
    assert theme in suggest(said)


@pytest.mark.parametrize(("language", "said", "theme"), LOOKS_ALIKE)
def test_a_word_that_only_looks_alike_suggests_nothing(language, said, theme):
    assert theme not in suggest(said, language)


@pytest.mark.parametrize(
    "said",
    ["aikataulu", "aikataulun", "aikataulussa", "aikatauluista", "aikatauluunkaan", "Aikataulu!",
     "AIKATAULUT", "projektiaikataulumme"],
)  # fmt: skip
def test_a_finnish_word_is_known_in_every_form(said):
    assert suggest(f"Se oli {said} kai.", "fi") == ("schedule",)


def test_the_most_mentioned_theme_comes_first():
    said = "Rooleista ja vastuista puhuttiin, pelisäännöistä sovittiin. Kiire vaivasi."
    assert suggest(said, "fi") == ("roles", "schedule")
    # as often as each other: in the order of the file
    assert suggest("Kiire ja roolit.", "fi") == ("schedule", "roles")
    assert suggest("Roolit ja kiire.", "fi") == ("schedule", "roles")


def test_only_the_words_of_the_language_are_looked_for():
    assert suggest("Pengar saknades.", "en") == ()
    assert set(suggest("Pengar saknades.")) == {"resources", "participation"}
    with pytest.raises(KeyError):
        suggest("hei", "de")


@pytest.mark.parametrize("said", ["", "   ", "…", "12345", "Ei mitään.", "-", "👍"])
def test_an_answer_without_a_theme_has_none(said):
    assert suggest(said) == ()


def test_the_way_a_letter_is_written_does_not_matter():
    # a and two dots apart, as some keyboards write it
    assert suggest("Pa\u0308a\u0308to\u0308kset viipyivat", "fi")[0] in {"schedule", "influence"}
    assert "influence" in suggest("pa\u0308a\u0308to\u0308kset", "fi")
    assert "information" in suggest("We didn\N{RIGHT SINGLE QUOTATION MARK}t know", "en")
    assert "schedule" in suggest("liian \n vähän   aikaa", "fi")


@given(st.text(max_size=200), st.sampled_from([None, *LANGUAGES]))
def test_any_text_gets_themes_each_once(said, language):
    found = suggest(said, language)
    assert set(found) <= set(themes())
    assert len(found) == len(set(found))


@pytest.mark.parametrize("said", ["a" * 2_000, "työ " * 500, "yhteistyö" * 220, "' " * 1_000])
def test_the_longest_answer_is_read_at_once(said):
    suggest("warm")
    start = time.perf_counter()
    suggest(said)
    assert time.perf_counter() - start < 30  # takes milliseconds; a trap would take minutes
