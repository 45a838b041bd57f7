"""The words of judgement in three languages: every code that a figure or a finding can carry.

Reasons and methods are whole sentences; the rest are names.
"""

from __future__ import annotations

from metrics.attention import Code
from metrics.metric import Method, Reason, Unit, ValueState
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
    Reason.TOO_FEW_PROJECTS: Text(
        fi="Hankkeita on liian vähän, jotta tällaisen luvun voisi laskea.",
        sv="Projekten är för få för att ett sådant tal ska kunna räknas.",
        en="There are too few projects for a figure of this kind.",
    ),
    Reason.TOO_FEW_SITES: Text(
        fi="Kohteita on liian vähän kummallakin puolella, joten sattuman osuutta ei voi arvioida.",
        sv="Det finns för få objekt på vardera sidan för att bedöma slumpens andel.",
        en="There are too few sites on each side to judge what chance alone would do.",
    ),
    Reason.NO_COMPARISON: Text(
        fi="Vertailukohteita ei ole, joten eroa niihin ei voi tietää.",
        sv="Det finns inga jämförelseobjekt, så skillnaden mot dem kan inte vara känd.",
        en="There are no comparison sites, so the difference from them cannot be known.",
    ),
    Reason.UNRELIABLE: Text(
        fi="Hankkeen keskiarvo on liian epävarma, jotta sen voisi asettaa muiden rinnalle.",
        sv="Projektets medeltal är för osäkert för att ställas bredvid andras.",
        en="The project's mean is too uncertain to be set beside those of others.",
    ),
    Reason.NOT_ESTIMABLE: Text(
        fi="Lukua ei voi laskea näistä vastauksista: laskelmalla ei ole järkevää ratkaisua.",
        sv="Talet kan inte räknas av dessa svar: kalkylen saknar en rimlig lösning.",
        en="The figure cannot be computed from these answers: there is no sensible solution.",
    ),
    Reason.ONE_ITEM: Text(
        fi="Osa-alueella on vain yksi kysymys, joten sen yhtenäisyyttä ei voi mitata.",
        sv="Delområdet har bara en fråga, så dess enhetlighet kan inte mätas.",
        en="The construct has one question only, so its consistency cannot be measured.",
    ),
    Reason.NOT_REACHED: Text(
        fi="Alle puolet on vielä tapahtunut, joten keskimääräistä aikaa ei tunneta.",
        sv="Mindre än hälften har ännu inträffat, så mediantiden är inte känd.",
        en="Fewer than half have happened yet, so the median time is not known.",
    ),
    Reason.TOO_FEW_RECORDS: Text(
        fi="Merkintöjä on liian vähän.",
        sv="Noteringarna är för få.",
        en="There are too few records.",
    ),
    Reason.NOT_ASKED: Text(
        fi="Tätä ei kysytä tällä kyselykerralla.",
        sv="Det här frågas inte i den här enkäten.",
        en="This is not asked in this survey.",
    ),
    Reason.UNDER_THIRTY: Text(
        fi="Vastaajia on alle 30 (jokainen lisähanke vähentää lukua yhdellä), joten mittarin "
        "luotettavuutta ei voi arvioida.",
        sv="Färre än 30 personer har svarat (varje ytterligare projekt drar av en), så mätarens "
        "tillförlitlighet kan inte bedömas.",
        en="Fewer than 30 people answered (every further project takes off one), so the "
        "reliability of the measure cannot be judged.",
    ),
    Reason.GROUPS_TOO_SMALL: Text(
        fi="Ainakin toisella puolella on alle 50 vastaajaa, joita voi verrata, joten eroa ei "
        "lasketa.",
        sv="Åtminstone på den ena sidan finns det färre än 50 svarande som kan jämföras, så "
        "skillnaden räknas inte.",
        en="On at least one side fewer than 50 people can be compared, so no difference is "
        "computed.",
    ),
    Reason.ONE_LANGUAGE: Text(
        fi="Kaikki vertailtavat vastasivat samalla kielellä, joten kieliä ei voi verrata.",
        sv="Alla som kan jämföras svarade på samma språk, så språken kan inte jämföras.",
        en="Everybody who can be compared answered in the same language, so languages cannot be "
        "set beside each other.",
    ),
    Reason.NO_MODEL: Text(
        fi="Väittämiä on liian vähän tai malli ei sovi vastauksiin, joten lukua ei lasketa.",
        sv="Påståendena är för få eller modellen passar inte svaren, så talet räknas inte.",
        en="There are too few statements, or the model does not fit the answers, so the figure is "
        "not computed.",
    ),
    Reason.SINGULAR_FIT: Text(
        fi="Malli ei löydä hankkeiden väliltä muuta eroa kuin sattuman, joten väli voi olla liian "
        "kapea.",
        sv="Modellen finner ingen annan skillnad mellan projekten än slumpen, så intervallet kan "
        "vara för smalt.",
        en="The model finds no difference between projects beyond chance, so the interval may be "
        "too narrow.",
    ),
    Reason.TIES_UNANSWERED: Text(
        fi="Liian moni organisaatio jätti vastaamatta, joten verkostosta tiedetään vain rajat.",
        sv="För många organisationer lät bli att svara, så bara gränser är kända för nätverket.",
        en="Too many organisations did not answer, so only bounds are known of the network.",
    ),
    Reason.OPEN_ENDED: Text(
        fi="Väliä ei anneta, koska sen yläraja ei ole selvillä: tapauksia on vähän tai moni on "
        "vielä kesken.",
        sv="Inget intervall ges, eftersom dess övre gräns inte är känd: fallen är få eller många "
        "är ännu öppna.",
        en="No interval is given, as its upper end is not known: the cases are few, or many are "
        "still open.",
    ),
    Reason.NO_ASSESSMENT: Text(
        fi="Hanke ei ole jättänyt itsearviointia, johon osallistujien arviota verrattaisiin.",
        sv="Projektet har inte lämnat in en självvärdering att jämföra deltagarnas bedömning med.",
        en="The project has not submitted a self-assessment to compare the participants' view "
        "with.",
    ),
    Reason.ONE_RATER: Text(
        fi="Vain yksi ihminen on arvioinut tämän, joten erimielisyyttä ei voi laskea.",
        sv="Bara en person har bedömt detta, så oenigheten kan inte räknas.",
        en="Only one person has judged this, so disagreement cannot be computed.",
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
    Method.FELDT: Text(
        fi="Väli on alfakertoimen 95 prosentin luottamusväli (Feldt).",
        sv="Intervallet är alfakoefficientens 95-procentiga konfidensintervall (Feldt).",
        en="The interval is the 95 % confidence interval of coefficient alpha (Feldt).",
    ),
    Method.F_RATIO: Text(
        fi="Väli on sisäkorrelaation 95 prosentin luottamusväli F-jakaumasta.",
        sv="Intervallet är intraklasskorrelationens 95-procentiga konfidensintervall (F).",
        en="The interval is the 95 % confidence interval of the intraclass correlation (F).",
    ),
    Method.NONCENTRAL_T: Text(
        fi="Väli on suhteutetun eron 95 prosentin luottamusväli (epäkeskinen t).",
        sv="Intervallet är den standardiserade skillnadens 95-procentiga intervall "
        "(icke-central t).",
        en="The interval is that of a standardised difference, 95 % (noncentral t).",
    ),
    Method.HODGES_LEHMANN: Text(
        fi="Väli luetaan muutosten järjestyksestä, 95 % (Hodges–Lehmann).",
        sv="Intervallet läses av förändringarnas ordning, 95 % (Hodges–Lehmann).",
        en="The interval is read off the order of the changes, 95 % (Hodges–Lehmann).",
    ),
    Method.NEWCOMBE: Text(
        fi="Väli on kahden osuuden eron 95 prosentin luottamusväli (Newcombe).",
        sv="Intervallet är skillnaden mellan två andelar, 95 % (Newcombe).",
        en="The interval is that of a difference of two shares, 95 % (Newcombe).",
    ),
    Method.KAPLAN_MEIER: Text(
        fi="Väli on mediaaniajan 95 prosentin luottamusväli; keskeneräiset ovat mukana "
        "(Kaplan–Meier).",
        sv="Intervallet är mediantidens 95-procentiga intervall; det oavslutade är med "
        "(Kaplan–Meier).",
        en="The interval is that of a median time, 95 %; what is still open counts too "
        "(Kaplan–Meier).",
    ),
    Method.AALEN_JOHANSEN: Text(
        fi="Väli ottaa huomioon, että osa päättyi muulla tavalla, 95 % (Aalen–Johansen).",
        sv="Intervallet beaktar att en del slutade på annat sätt, 95 % (Aalen–Johansen).",
        en="The interval allows for other endings, 95 % (Aalen–Johansen).",
    ),
    Method.BOOTSTRAP: Text(
        fi="Väli on 95 prosentin väli toistetusta otannasta samasta aineistosta.",
        sv="Intervallet är ett 95-procentigt intervall av upprepade urval ur samma material.",
        en="The interval covers 95 % of repeated samples drawn from the same data.",
    ),
    Method.LINEARISED: Text(
        fi="Luku on painotettu, ja 95 prosentin väli ottaa painot ja hankkeet huomioon.",
        sv="Talet är viktat, och det 95-procentiga intervallet beaktar vikterna och projekten.",
        en="The figure is weighted, and the 95 % interval allows for weights and projects.",
    ),
    Method.CLUSTER_ROBUST: Text(
        fi="Väli lasketaan hankkeiden (ja vertailukohteiden, jos niitä on) välisestä vaihtelusta, "
        "95 %.",
        sv="Intervallet räknas av variationen mellan projekten (och jämförelseobjekten, om sådana "
        "finns), 95 %.",
        en="The interval comes from the variation between projects (and sites, where there are "
        "any), 95 %.",
    ),
    Method.REML: Text(
        fi="Väli tulee mallista, jossa hankkeilla on oma tasonsa, 95 %.",
        sv="Intervallet kommer från en modell där varje projekt har sin egen nivå, 95 %.",
        en="The interval comes from a model in which each project has its own level, 95 %.",
    ),
    Method.EMPIRICAL_BAYES: Text(
        fi="Luku on vedetty kohti kaikkien hankkeiden keskiarvoa sitä enemmän, mitä "
        "epävarmempi se on.",
        sv="Talet är draget mot alla projekts medeltal, desto mer ju osäkrare det är.",
        en="The figure is drawn towards the mean of all projects, the more the less certain it is.",
    ),
    Method.FISHER: Text(
        fi="Väli on korrelaation 95 prosentin luottamusväli (Fisherin muunnos).",
        sv="Intervallet är korrelationens 95-procentiga konfidensintervall (Fishers transform).",
        en="The interval is the 95 % confidence interval of a correlation (Fisher's transform).",
    ),
    Method.LOG_RATIO: Text(
        fi="Väli on riskien suhteen 95 prosentin luottamusväli.",
        sv="Intervallet är riskkvotens 95-procentiga konfidensintervall.",
        en="The interval is the 95 % confidence interval of a risk ratio.",
    ),
    Method.DELTA: Text(
        fi="Väli on likimääräinen 95 prosentin luottamusväli (deltamenetelmä).",
        sv="Intervallet är ett ungefärligt 95-procentigt konfidensintervall (deltametoden).",
        en="The interval is an approximate 95 % confidence interval (delta method).",
    ),
    Method.CHI_SQUARE: Text(
        fi="Väli on hajonnan 95 prosentin luottamusväli (khiin neliö).",
        sv="Intervallet är spridningens 95-procentiga konfidensintervall (chi-två).",
        en="The interval is the 95 % confidence interval of a variance (chi-square).",
    ),
    Method.SQUARE_AND_ADD: Text(
        fi="Väli on kahden luvun erotuksen 95 prosentin väli, koottu kummankin omasta välistä.",
        sv="Intervallet är 95-procentigt för skillnaden mellan två tal, sammansatt av bådas egna "
        "intervall.",
        en="The interval is that of a difference of two figures, 95 %, put together from the "
        "interval of each.",
    ),
    Method.STRATIFIED: Text(
        fi="Väli on 95 prosentin luottamusväli erolle, joka on koottu niiden vastaajien välisistä "
        "eroista, jotka ovat samasta hankkeesta ja suunnilleen samoissa pisteissä.",
        sv="Intervallet är 95-procentigt för en skillnad som är sammanvägd av skillnaderna mellan "
        "dem i samma projekt som har ungefär samma poäng.",
        en="The interval is the 95 % confidence interval of a difference put together from those "
        "between people of one project with about the same score.",
    ),
    Method.BOUNDS: Text(
        fi="Väli ei kerro sattumasta vaan siitä, mitä puuttuvat tiedot voisivat enintään muuttaa.",
        sv="Intervallet visar inte slumpen utan vad de uppgifter som saknas som mest kunde ändra.",
        en="The interval shows not chance but the most that the missing data could change.",
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
    Unit.COEFFICIENT: Text(
        fi="kerroin, enintään 1", sv="koefficient, högst 1", en="coefficient, at most 1"
    ),
    Unit.EFFECT: Text(fi="keskihajontaa", sv="standardavvikelser", en="standard deviations"),
    Unit.EFFECTIVE: Text(fi="tehollinen määrä", sv="effektivt antal", en="effective number"),
    Unit.RATIO: Text(fi="suhdeluku", sv="kvot", en="ratio"),
    Unit.DAYS: Text(fi="päivää", sv="dagar", en="days"),
    Unit.EUR: Text(fi="euroa", sv="euro", en="euros"),
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
