"""What everything on a figure's key is called: levels, splits, waves, phases, groups, stages."""

from __future__ import annotations

from metrics.metric import ALL_WAVES, Level, Split
from survey.instrument import UNKNOWN_GROUP, WHOLE_PROCESS
from survey.text import Text

LEVELS: dict[Level, Text] = {
    Level.PORTFOLIO: Text(fi="Koko salkku", sv="Hela portföljen", en="Whole portfolio"),
    Level.PROGRAMME: Text(fi="Ohjelma", sv="Program", en="Programme"),
    Level.FUNDER: Text(fi="Rahoittaja", sv="Finansiär", en="Funder"),
    Level.AREA: Text(fi="Alue", sv="Område", en="Area"),
    Level.THEME: Text(fi="Teema", sv="Tema", en="Theme"),
    Level.PROJECT: Text(fi="Hanke", sv="Projekt", en="Project"),
}

SPLITS: dict[Split, Text] = {
    Split.TOTAL: Text(fi="Kaikki yhdessä", sv="Alla tillsammans", en="All together"),
    Split.GROUP: Text(fi="Ryhmittäin", sv="Enligt grupp", en="By group"),
    Split.PHASE: Text(fi="Vaiheittain", sv="Enligt skede", en="By phase"),
}

WAVE_NAMES: dict[str, Text] = {
    "baseline": Text(fi="Alussa", sv="I början", en="Baseline"),
    "during": Text(fi="Aikana", sv="Under tiden", en="During"),
    "end": Text(fi="Lopussa", sv="I slutet", en="End"),
    "follow_up": Text(fi="Seuranta", sv="Uppföljning", en="Follow-up"),
    ALL_WAVES: Text(fi="Kaikki kyselykerrat", sv="Alla enkäter", en="All surveys"),
}

PHASE_NAMES: dict[str, Text] = {
    WHOLE_PROCESS: Text(fi="Koko prosessi", sv="Hela processen", en="Whole process"),
    "P1": Text(fi="Tarpeiden tunnistaminen", sv="Behovskartläggning", en="Needs identification"),
    "P2": Text(fi="Idea tai ehdotus", sv="Idé eller förslag", en="Idea or proposal"),
    "P3": Text(
        fi="Kumppanit, tavoite, pelisäännöt ja roolit",
        sv="Parter, mål, spelregler och roller",
        en="Partners, goal, rules and roles",
    ),
    "P4": Text(
        fi="Työpajat ja markkinavuoropuhelu",
        sv="Workshoppar och marknadsdialog",
        en="Workshops and market dialogue",
    ),
    "P5": Text(fi="Kokeilu", sv="Försök", en="Experiment"),
    "P6": Text(fi="Pilotointi", sv="Pilotering", en="Pilot"),
    "P7": Text(
        fi="Hankinta tai käyttöönotto",
        sv="Upphandling eller ibruktagande",
        en="Procurement or adoption",
    ),
    "P8": Text(
        fi="Skaalaus ja juurruttaminen",
        sv="Skalning och förankring",
        en="Scaling and embedding",
    ),
}

GROUP_NAMES: dict[str, Text] = {
    "RES": Text(fi="Asukkaat", sv="Invånare", en="Residents"),
    "CUS": Text(fi="Asiakkaat ja oppilaat", sv="Kunder och elever", en="Clients and pupils"),
    "STAFF": Text(fi="Henkilöstö", sv="Personal", en="Staff"),
    "COM": Text(fi="Yritykset", sv="Företag", en="Companies"),
    "NGO": Text(
        fi="Järjestöt ja yhteisöt",
        sv="Föreningar och samfund",
        en="Associations and communities",
    ),
    "RDI": Text(
        fi="Tutkimus ja koulutus",
        sv="Forskning och utbildning",
        en="Research and education",
    ),
    "PUB": Text(
        fi="Muut julkiset toimijat",
        sv="Övriga offentliga aktörer",
        en="Other public bodies",
    ),
    UNKNOWN_GROUP: Text(fi="Ryhmä ei tiedossa", sv="Grupp okänd", en="Group not known"),
}

STAGE_NAMES: dict[str, Text] = {
    "idea": Text(fi="Idea", sv="Idé", en="Idea"),
    "partner": Text(fi="Kumppani löytynyt", sv="Partner funnen", en="Partner found"),
    "development": Text(fi="Kehittäminen", sv="Utveckling", en="Development"),
    "trial": Text(fi="Kokeilu", sv="Försök", en="Trial"),
    "pilot": Text(fi="Pilotti", sv="Pilot", en="Pilot"),
    "adoption": Text(fi="Käyttöönotto", sv="Ibruktagande", en="Adoption"),
}

CASE_END_NAMES: dict[str, Text] = {
    "rejected": Text(fi="Hylätty", sv="Avslagen", en="Rejected"),
    "merged": Text(
        fi="Yhdistetty toiseen", sv="Sammanslagen med en annan", en="Merged into another"
    ),
    "split": Text(fi="Jaettu useaksi", sv="Uppdelad i flera", en="Split into several"),
    "withdrawn": Text(fi="Vedetty pois", sv="Återkallad", en="Withdrawn"),
}

STEP_NAMES: dict[str, Text] = {
    "invited": Text(fi="Kutsuttu", sv="Inbjuden", en="Invited"),
    "registered": Text(fi="Ilmoittautunut", sv="Anmäld", en="Registered"),
    "attended": Text(fi="Osallistunut", sv="Deltagit", en="Attended"),
    "returned": Text(fi="Palannut", sv="Återkommit", en="Returned"),
    "finished": Text(fi="Mukana loppuun asti", sv="Med till slutet", en="Stayed to the end"),
    "answered": Text(fi="Vastannut kyselyyn", sv="Svarat på enkäten", en="Answered the survey"),
}

OUTPUT_NAMES: dict[str, Text] = {
    "publication": Text(fi="Julkaisut", sv="Publikationer", en="Publications"),
    "thesis": Text(fi="Opinnäytteet", sv="Examensarbeten", en="Theses"),
    "credits": Text(fi="Opintopisteet", sv="Studiepoäng", en="Credits"),
    "application": Text(
        fi="Yhteiset hakemukset", sv="Gemensamma ansökningar", en="Joint applications"
    ),
    "partnership": Text(fi="Uudet kumppanuudet", sv="Nya partnerskap", en="New partnerships"),
    "volunteers": Text(fi="Vapaaehtoiset", sv="Frivilliga", en="Volunteers"),
    "continued": Text(
        fi="Jatkunut oma toiminta", sv="Fortsatt egen verksamhet", en="Own activity continued"
    ),
}

#: Three ways of counting somebodies over projects.
WAY_NAMES: dict[str, Text] = {
    "distinct": Text(fi="Eri toimijat", sv="Olika aktörer", en="Different ones"),
    "sum": Text(fi="Hankkeiden summa", sv="Summan av projekten", en="Sum of projects"),
    "overlap": Text(fi="Päällekkäisyys", sv="Överlappning", en="Overlap"),
}

#: Spans of time at whose end a share is told: days of an answer, months of a case.
SPAN_NAMES: dict[str, Text] = {
    "30": Text(fi="30 päivässä", sv="Inom 30 dagar", en="Within 30 days"),
    "60": Text(fi="60 päivässä", sv="Inom 60 dagar", en="Within 60 days"),
    "90": Text(fi="90 päivässä", sv="Inom 90 dagar", en="Within 90 days"),
    "12": Text(fi="12 kuukaudessa", sv="Inom 12 månader", en="Within 12 months"),
    "24": Text(fi="24 kuukaudessa", sv="Inom 24 månader", en="Within 24 months"),
}

BREADTH_NAMES: dict[str, Text] = {
    "q0": Text(fi="Ryhmiä mukana", sv="Grupper med", en="Groups present"),
    "q1": Text(
        fi="Yhtä suuria ryhmiä vastaava määrä",
        sv="Motsvarande antal lika stora grupper",
        en="Groups as if of one size",
    ),
    "q2": Text(fi="Hallitsevia ryhmiä", sv="Dominerande grupper", en="Dominant groups"),
    "evenness": Text(fi="Tasaisuus", sv="Jämnhet", en="Evenness"),
    "simpson": Text(
        fi="Kahden osallistumisen ero", sv="Olikhet hos två deltaganden", en="Chance of two groups"
    ),
}

#: What is known of a phase: what people answered, and what was written down.
EVIDENCE_NAMES: dict[str, Text] = {
    "answers": Text(fi="Kyselyvastaukset", sv="Enkätsvar", en="Survey answers"),
    "records": Text(fi="Merkinnät", sv="Noteringar", en="Records"),
}

#: What a phase is judged by, as the questionnaires call it.
CONSTRUCT_NAMES: dict[str, Text] = {
    "GOAL": Text(fi="Yhteinen tavoite", sv="Gemensamt mål", en="Shared goal"),
    "RULE": Text(
        fi="Pelisäännöt ja roolit", sv="Spelregler och roller", en="Ground rules and roles"
    ),
    "TRUST": Text(fi="Luottamus", sv="Förtroende", en="Trust"),
    "FACIL": Text(fi="Fasilitointi", sv="Facilitering", en="Facilitation"),
    "INCL": Text(fi="Oikeat ihmiset mukana", sv="Rätt personer med", en="The right people present"),
    "INFL": Text(fi="Vaikuttaminen", sv="Möjlighet att påverka", en="Influence"),
    "LEAD": Text(
        fi="Jämäkkä ja joustava johtaminen",
        sv="Bestämd och flexibel ledning",
        en="Firm and flexible leadership",
    ),
    "OPEN": Text(fi="Avoimuus", sv="Öppenhet", en="Openness"),
    "SPACE": Text(
        fi="Tilat ja esteettömyys", sv="Lokaler och tillgänglighet", en="Spaces and accessibility"
    ),
    "TERMS": Text(fi="Ymmärrettävyys", sv="Begriplighet", en="Understandability"),
    "LEARN": Text(fi="Oppiminen", sv="Lärande", en="Learning"),
}

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

    Missing: a word that has no name (a year) stands for itself.
    """
    named = [_PART_WORDS.get(word, Text(fi=word, sv=word, en=word)) for word in part.split("/")]
    return Text(
        fi=" · ".join(each.fi for each in named),
        sv=" · ".join(each.sv for each in named),
        en=" · ".join(each.en for each in named),
    )
