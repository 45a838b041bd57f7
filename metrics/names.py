"""What everything on a figure's key is called: levels, splits, waves, phases, groups, stages."""

from __future__ import annotations

from typing import TypeVar

from metrics.log_parts import OTHERS
from metrics.metric import ALL_WAVES, Level, Split
from survey.instrument import UNKNOWN_GROUP, WHOLE_PROCESS
from survey.text import Text

Key = TypeVar("Key")


def _named(*rows: tuple[Key, str, str, str]) -> dict[Key, Text]:
    """Names by key, of rows of a key and its name in Finnish, Swedish and English."""
    return {key: Text(fi=fi, sv=sv, en=en) for key, fi, sv, en in rows}


LEVELS: dict[Level, Text] = _named(
    (Level.PORTFOLIO, "Koko salkku", "Hela portföljen", "Whole portfolio"),
    (Level.PROGRAMME, "Ohjelma", "Program", "Programme"),
    (Level.FUNDER, "Rahoittaja", "Finansiär", "Funder"),
    (Level.AREA, "Alue", "Område", "Area"),
    (Level.THEME, "Teema", "Tema", "Theme"),
    (Level.PROJECT, "Hanke", "Projekt", "Project"),
)

SPLITS: dict[Split, Text] = _named(
    (Split.TOTAL, "Kaikki yhdessä", "Alla tillsammans", "All together"),
    (Split.GROUP, "Ryhmittäin", "Enligt grupp", "By group"),
    (Split.PHASE, "Vaiheittain", "Enligt skede", "By phase"),
)

WAVE_NAMES: dict[str, Text] = _named(
    ("baseline", "Alussa", "I början", "Baseline"),
    ("during", "Aikana", "Under tiden", "During"),
    ("end", "Lopussa", "I slutet", "End"),
    ("follow_up", "Seuranta", "Uppföljning", "Follow-up"),
    (ALL_WAVES, "Kaikki kyselykerrat", "Alla enkäter", "All surveys"),
)

PHASE_NAMES: dict[str, Text] = _named(
    (WHOLE_PROCESS, "Koko prosessi", "Hela processen", "Whole process"),
    ("P1", "Tarpeiden tunnistaminen", "Behovskartläggning", "Needs identification"),
    ("P2", "Idea tai ehdotus", "Idé eller förslag", "Idea or proposal"),
    (
        "P3",
        "Kumppanit, tavoite, pelisäännöt ja roolit",
        "Parter, mål, spelregler och roller",
        "Partners, goal, rules and roles",
    ),
    (
        "P4",
        "Työpajat ja markkinavuoropuhelu",
        "Workshoppar och marknadsdialog",
        "Workshops and market dialogue",
    ),
    ("P5", "Kokeilu", "Försök", "Experiment"),
    ("P6", "Pilotointi", "Pilotering", "Pilot"),
    (
        "P7",
        "Hankinta tai käyttöönotto",
        "Upphandling eller ibruktagande",
        "Procurement or adoption",
    ),
    ("P8", "Skaalaus ja juurruttaminen", "Skalning och förankring", "Scaling and embedding"),
)

GROUP_NAMES: dict[str, Text] = _named(
    ("RES", "Asukkaat", "Invånare", "Residents"),
    ("CUS", "Asiakkaat ja oppilaat", "Kunder och elever", "Clients and pupils"),
    ("STAFF", "Henkilöstö", "Personal", "Staff"),
    ("COM", "Yritykset", "Företag", "Companies"),
    ("NGO", "Järjestöt ja yhteisöt", "Föreningar och samfund", "Associations and communities"),
    ("RDI", "Tutkimus ja koulutus", "Forskning och utbildning", "Research and education"),
    ("PUB", "Muut julkiset toimijat", "Övriga offentliga aktörer", "Other public bodies"),
    (UNKNOWN_GROUP, "Ryhmä ei tiedossa", "Grupp okänd", "Group not known"),
)

STAGE_NAMES: dict[str, Text] = _named(
    ("idea", "Idea", "Idé", "Idea"),
    ("partner", "Kumppani löytynyt", "Partner funnen", "Partner found"),
    ("development", "Kehittäminen", "Utveckling", "Development"),
    ("trial", "Kokeilu", "Försök", "Trial"),
    ("pilot", "Pilotti", "Pilot", "Pilot"),
    ("adoption", "Käyttöönotto", "Ibruktagande", "Adoption"),
)

CASE_END_NAMES: dict[str, Text] = _named(
    ("rejected", "Hylätty", "Avslagen", "Rejected"),
    ("merged", "Yhdistetty toiseen", "Sammanslagen med en annan", "Merged into another"),
    ("split", "Jaettu useaksi", "Uppdelad i flera", "Split into several"),
    ("withdrawn", "Vedetty pois", "Återkallad", "Withdrawn"),
)

STEP_NAMES: dict[str, Text] = _named(
    ("invited", "Kutsuttu", "Inbjuden", "Invited"),
    ("registered", "Ilmoittautunut", "Anmäld", "Registered"),
    ("attended", "Osallistunut", "Deltagit", "Attended"),
    ("returned", "Palannut", "Återkommit", "Returned"),
    ("finished", "Mukana loppuun asti", "Med till slutet", "Stayed to the end"),
    ("answered", "Vastannut kyselyyn", "Svarat på enkäten", "Answered the survey"),
)

OUTPUT_NAMES: dict[str, Text] = _named(
    ("publication", "Julkaisut", "Publikationer", "Publications"),
    ("thesis", "Opinnäytteet", "Examensarbeten", "Theses"),
    ("credits", "Opintopisteet", "Studiepoäng", "Credits"),
    ("application", "Yhteiset hakemukset", "Gemensamma ansökningar", "Joint applications"),
    ("partnership", "Uudet kumppanuudet", "Nya partnerskap", "New partnerships"),
    ("volunteers", "Vapaaehtoiset", "Frivilliga", "Volunteers"),
    ("continued", "Jatkunut oma toiminta", "Fortsatt egen verksamhet", "Own activity continued"),
)

#: Three ways of counting somebodies over projects.
WAY_NAMES: dict[str, Text] = _named(
    ("distinct", "Eri toimijat", "Olika aktörer", "Different ones"),
    ("sum", "Hankkeiden summa", "Summan av projekten", "Sum of projects"),
    ("overlap", "Päällekkäisyys", "Överlappning", "Overlap"),
)

#: Spans of time at whose end a share is told: days of an answer, months of a case.
SPAN_NAMES: dict[str, Text] = _named(
    ("30", "30 päivässä", "Inom 30 dagar", "Within 30 days"),
    ("60", "60 päivässä", "Inom 60 dagar", "Within 60 days"),
    ("90", "90 päivässä", "Inom 90 dagar", "Within 90 days"),
    ("12", "12 kuukaudessa", "Inom 12 månader", "Within 12 months"),
    ("24", "24 kuukaudessa", "Inom 24 månader", "Within 24 months"),
)

BREADTH_NAMES: dict[str, Text] = _named(
    ("q0", "Ryhmiä mukana", "Grupper med", "Groups present"),
    (
        "q1",
        "Yhtä suuria ryhmiä vastaava määrä",
        "Motsvarande antal lika stora grupper",
        "Groups as if of one size",
    ),
    ("q2", "Hallitsevia ryhmiä", "Dominerande grupper", "Dominant groups"),
    ("evenness", "Tasaisuus", "Jämnhet", "Evenness"),
    ("simpson", "Kahden osallistumisen ero", "Olikhet hos två deltaganden", "Chance of two groups"),
)

#: What is known of a phase: what people answered, and what was written down.
EVIDENCE_NAMES: dict[str, Text] = _named(
    ("answers", "Kyselyvastaukset", "Enkätsvar", "Survey answers"),
    ("records", "Merkinnät", "Noteringar", "Records"),
)

#: What a phase is judged by, as the questionnaires call it.
CONSTRUCT_NAMES: dict[str, Text] = _named(
    ("GOAL", "Yhteinen tavoite", "Gemensamt mål", "Shared goal"),
    ("RULE", "Pelisäännöt ja roolit", "Spelregler och roller", "Ground rules and roles"),
    ("TRUST", "Luottamus", "Förtroende", "Trust"),
    ("FACIL", "Fasilitointi", "Facilitering", "Facilitation"),
    ("INCL", "Oikeat ihmiset mukana", "Rätt personer med", "The right people present"),
    ("INFL", "Vaikuttaminen", "Möjlighet att påverka", "Influence"),
    (
        "LEAD",
        "Jämäkkä ja joustava johtaminen",
        "Bestämd och flexibel ledning",
        "Firm and flexible leadership",
    ),
    ("OPEN", "Avoimuus", "Öppenhet", "Openness"),
    ("SPACE", "Tilat ja esteettömyys", "Lokaler och tillgänglighet", "Spaces and accessibility"),
    ("TERMS", "Ymmärrettävyys", "Begriplighet", "Understandability"),
    ("LEARN", "Oppiminen", "Lärande", "Learning"),
)

#: What figures of event logs are told by; OTHERS are those too few to be told by themselves.
LOG_KINDS: dict[str, Text] = _named(
    ("channel", "Kanava", "Kanal", "Channel"),
    ("unit", "Yksikkö", "Enhet", "Unit"),
    ("activity", "Toiminto", "Aktivitet", "Activity"),
)
LOG_OTHERS = Text(fi="muut yhteensä", sv="övriga sammanlagt", en="others together")

_PART_WORDS = (
    STAGE_NAMES
    | CASE_END_NAMES
    | STEP_NAMES
    | OUTPUT_NAMES
    | WAY_NAMES
    | SPAN_NAMES
    | BREADTH_NAMES
    | EVIDENCE_NAMES
    | CONSTRUCT_NAMES
)


def record_part(part: str) -> Text:
    """What a part of a metric of records is called: "pilot/12" is "Pilot · Within 12 months".

    Missing: a word that has no name (a year) stands for itself. What a log calls its channels,
    units and activities is its own word, whatever signs are in it.
    """
    kind, cut, word = part.partition("/")
    if cut and kind in LOG_KINDS:
        return log_part(kind, word)
    named = [_PART_WORDS.get(word, Text(fi=word, sv=word, en=word)) for word in part.split("/")]
    return Text(
        fi=" · ".join(each.fi for each in named),
        sv=" · ".join(each.sv for each in named),
        en=" · ".join(each.en for each in named),
    )


def log_part(kind: str, word: str) -> Text:
    """What a channel, unit or activity of a log is called, after what it is."""
    of, other = LOG_KINDS[kind], LOG_OTHERS
    said = (other.fi, other.sv, other.en) if word == OTHERS else (word, word, word)
    named = [
        f"{first}: {second}" for first, second in zip((of.fi, of.sv, of.en), said, strict=True)
    ]
    return Text(fi=named[0], sv=named[1], en=named[2])
