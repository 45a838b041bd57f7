"""The words of judgement in three languages: every code that a figure or a finding can carry.

Reasons and methods are whole sentences; the rest are names.
"""

from __future__ import annotations

from metrics.attention import Code
from metrics.metric import ALL_WAVES, Level, Method, Reason, Split, Unit, ValueState
from survey.instrument import UNKNOWN_GROUP, WHOLE_PROCESS
from survey.text import Text

REASONS: dict[Reason, Text] = {
    Reason.TOO_FEW: Text(
        fi="Lukua ei näytetä, jotta kenenkään vastausta ei voi päätellä: vastaajia on liian vähän "
        "tässä tai jossakin luvussa, jonka tämä paljastaisi.",
        sv="Talet visas inte, för att ingens svar ska kunna räknas ut: de som svarat är för få här "
        "eller i något tal som detta skulle avslöja.",
        en="The figure is not shown so that nobody's answer can be worked out: too few people "
        "answered here, or in another figure that this one would give away.",
    ),
    Reason.PROTECTS_ANOTHER: Text(
        fi="Lukua ei näytetä, koska sen avulla voisi laskea toisen, suojatun luvun.",
        sv="Talet visas inte, eftersom ett annat, skyddat tal kunde räknas ut med hjälp av det.",
        en="The figure is not shown, as another, protected figure could be worked out from it.",
    ),
    Reason.UNANIMOUS: Text(
        fi="Lukua ei näytetä, koska kaikki tai lähes kaikki vastasivat samoin ja jokaisen vastaus "
        "paljastuisi.",
        sv="Talet visas inte, eftersom alla eller nästan alla svarade likadant och vars och ens "
        "svar skulle avslöjas.",
        en="The figure is not shown, as all or nearly all answered alike and everybody's answer "
        "would be known.",
    ),
    Reason.NO_ANSWERS: Text(
        fi="Kysyttiin, mutta yhtään kelvollista vastausta ei saatu.",
        sv="Frågan ställdes, men inget giltigt svar kom in.",
        en="The question was asked, but no valid answer came in.",
    ),
    Reason.NO_RECORDS: Text(
        fi="Rekisterissä ei ole merkintöjä, joista luku laskettaisiin.",
        sv="Registret har inga uppgifter som talet kunde räknas av.",
        en="The register holds no entries to compute the figure from.",
    ),
    Reason.UNKNOWN_FRAME: Text(
        fi="Osuutta ei voi laskea, koska joukkoa, josta se laskettaisiin, ei tunneta.",
        sv="Andelen kan inte räknas, eftersom gruppen som den skulle räknas av inte är känd.",
        en="The share cannot be computed, as the population it would be taken of is not known.",
    ),
    Reason.TOO_FEW_PAIRS: Text(
        fi="Molemmilla kerroilla vastanneita on alle kymmenen, joten muutosta ei lasketa.",
        sv="Färre än tio personer svarade båda gångerna, så förändringen räknas inte.",
        en="Fewer than ten people answered both times, so no change is computed.",
    ),
    Reason.NO_VARIANCE: Text(
        fi="Väliä ei voi laskea, koska arvoja on vain yksi tai ne ovat kaikki samoja.",
        sv="Intervallet kan inte räknas, eftersom det finns bara ett värde eller alla är lika.",
        en="No interval can be computed, as there is only one value or all are the same.",
    ),
    Reason.HIDDEN_PARTS: Text(
        fi="Lukua ei lasketa, koska jokin sen osista on suojattu.",
        sv="Talet räknas inte, eftersom någon av dess delar är skyddad.",
        en="The figure is not computed, as one of its parts is protected.",
    ),
    Reason.ONE_PROJECT: Text(
        fi="Luku perustuu yhteen hankkeeseen, joten hankkeiden välistä vaihtelua ei tunneta.",
        sv="Talet bygger på ett enda projekt, så variationen mellan projekt är inte känd.",
        en="The figure rests on one project, so the variation between projects is not known.",
    ),
}

METHODS: dict[Method, Text] = {
    Method.STUDENT: Text(
        fi="Väli on 95 prosentin luottamusväli hankkeen vastaajista (Studentin t).",
        sv="Intervallet är ett 95-procentigt konfidensintervall över projektets svar (Students t).",
        en="The interval is a 95 % confidence interval over the project's respondents (Student's "
        "t).",
    ),
    Method.CLUSTER_MEAN: Text(
        fi="Luku on hankkeiden keskiarvo, ja 95 prosentin väli lasketaan hankkeiden välisestä "
        "vaihtelusta (t).",
        sv="Talet är projektens medeltal, och det 95-procentiga intervallet räknas av variationen "
        "mellan projekten (t).",
        en="The figure is the mean of the projects, and the 95 % interval comes from the variation "
        "between projects (t).",
    ),
    Method.CLUSTER_RATIO: Text(
        fi="Luku on hankkeiden yhteenlaskettu osuus, ja 95 prosentin väli ottaa huomioon, että "
        "saman hankkeen vastaukset muistuttavat toisiaan (t).",
        sv="Talet är projektens sammanräknade andel, och det 95-procentiga intervallet beaktar att "
        "svaren i ett projekt liknar varandra (t).",
        en="The figure is the projects' summed share, and the 95 % interval allows for answers of "
        "one project being alike (t).",
    ),
    Method.WILSON: Text(
        fi="Väli on osuuden 95 prosentin luottamusväli Wilsonin menetelmällä.",
        sv="Intervallet är andelens 95-procentiga konfidensintervall enligt Wilsons metod.",
        en="The interval is the share's 95 % confidence interval by Wilson's method.",
    ),
    Method.NORMAL: Text(
        fi="Väli on suositteluluvun 95 prosentin luottamusväli normaalijakaumasta.",
        sv="Intervallet är rekommendationstalets 95-procentiga konfidensintervall enligt "
        "normalfördelningen.",
        en="The interval is the recommendation score's 95 % confidence interval from the normal "
        "distribution.",
    ),
    Method.CENSUS: Text(
        fi="Kaikki on laskettu mukaan, joten väliä ei tarvita.",
        sv="Allt är medräknat, så inget intervall behövs.",
        en="Everything is counted, so no interval is needed.",
    ),
    Method.NONE: Text(
        fi="Väliä ei ole.",
        sv="Det finns inget intervall.",
        en="There is no interval.",
    ),
}

UNITS: dict[Unit, Text] = {
    Unit.POINTS: Text(fi="pistettä, 0–100", sv="poäng, 0–100", en="points, 0–100"),
    Unit.CHANGE: Text(
        fi="pisteen muutos, −100…100",
        sv="förändring i poäng, −100…100",
        en="change in points, −100…100",
    ),
    Unit.SHARE: Text(fi="osuus, 0–100 %", sv="andel, 0–100 %", en="share, 0–100 %"),
    Unit.SCORE: Text(fi="luku, −100…100", sv="tal, −100…100", en="score, −100…100"),
    Unit.COUNT: Text(fi="määrä", sv="antal", en="number"),
}

STATES: dict[ValueState, Text] = {
    ValueState.VALUE: Text(fi="Luku", sv="Tal", en="Value"),
    ValueState.ZERO: Text(fi="Nolla", sv="Noll", en="Zero"),
    ValueState.NOT_REPORTED: Text(fi="Ei tietoa", sv="Inga uppgifter", en="Not reported"),
    ValueState.NOT_APPLICABLE: Text(fi="Ei koske", sv="Gäller inte", en="Not applicable"),
    ValueState.SUPPRESSED: Text(fi="Suojattu", sv="Skyddat", en="Protected"),
}

BETTER: dict[str, Text] = {
    "up": Text(fi="Suurempi on parempi", sv="Större är bättre", en="Higher is better"),
    "down": Text(fi="Pienempi on parempi", sv="Mindre är bättre", en="Lower is better"),
    "none": Text(
        fi="Ei parempaa eikä huonompaa suuntaa",
        sv="Ingen riktning är bättre",
        en="Neither direction is better",
    ),
}

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

FINDINGS: dict[Code, Text] = {
    Code.DRAWBACK: Text(
        fi="Moni kertoo haitasta", sv="Många berättar om olägenhet", en="Many report a drawback"
    ),
    Code.LOW_PROCESS: Text(
        fi="Prosessi sujuu heikosti", sv="Processen fungerar svagt", en="The process works poorly"
    ),
    Code.FALLING: Text(
        fi="Prosessi on heikentynyt", sv="Processen har försämrats", en="The process got worse"
    ),
    Code.LOW_BENEFIT: Text(
        fi="Harva kertoo hyötyneensä", sv="Få säger att de haft nytta", en="Few say they benefited"
    ),
    Code.NO_ANSWERS: Text(
        fi="Käynnissä, mutta vastauksia ei ole",
        sv="Pågår, men inga svar finns",
        en="Running, but there are no answers",
    ),
    Code.PHASE_OVERDUE: Text(
        fi="Vaihe on myöhässä", sv="Ett skede är försenat", en="A phase is late"
    ),
    Code.LOW_RESPONSE: Text(
        fi="Matala vastausosuus", sv="Låg svarsfrekvens", en="Low response rate"
    ),
    Code.HIGH_DONT_KNOW: Text(
        fi="Moni ei osaa sanoa", sv="Många kan inte säga", en="Many don't know"
    ),
}
