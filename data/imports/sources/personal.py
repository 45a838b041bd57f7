"""Which columns hold what tells who somebody is: by their names, and by how their cells look."""

from __future__ import annotations

import re

from data.imports.headers import bare

#: Parts of headers that name a person, a place of a person or a device; whole words, folded.
_NAMES = re.compile(
    r"""(?:^|[\s_/.:-])(?:
    (?:first|last|full|sur|family|given|user|respondent|recipient|contact|author)[\s_/]?name
    |name\ of\ respondent|etunimi|sukunimi|koko\ nimi|vastaajan\ nimi
    |author/(?:id|name|url)|submitter[\s_]?name|förnamn|efternamn|nimesi|oma\ nimi
    |e-?mail|email[\s_]?address|sähköposti(?:osoite|osoitteesi)?|e-post(?:adress)?|epost
    |phone(?:[\s_]?number)?|puhelin(?:numero(?:si)?)?|telefon(?:nummer)?
    |ip|ip[\s_-]?address|ip-osoite|ip-adress|ipaddr|ipaddress|ip_hash
    |device[\s_]?id|deviceid|imei|subscriberid|simserial|phonenumber|username
    |token|tunnistautumisavain|external\ ?data\ ?reference|externalreference
    |henkilötunnus|hetu|personbeteckning|ssn|social\ security\ number
    |(?:home|street|postal|billing)[\s_]?address|katuosoite|kotiosoite|gatuadress|hemadress
    |address[\s_]?[12]|date\ of\ birth|birth[\s_]?date|syntymäaika|födelsedatum
    |latitude|longitude|locationlatitude|locationlongitude|altitude|accuracy|gps|geopoint
    |submitted_by|submittername|submitterid|_submitted_by|refurl|referer|referrer\ url
    |custom\ data\ 1|nickname|user_endorsements|org:resource|responsible
    )(?:$|[\s_/.:-])""",
    re.VERBOSE,
)
#: Alone as a header these mean a person; inside a question they may not.
_ALONE = frozenset(
    {"name", "nimi", "namn", "id card", "address", "osoite", "adress", "location", "mobile"}
)
_LOOKS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[a-zåäö]{2,}", re.IGNORECASE),
    "ip": re.compile(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}|(?:[0-9a-f]{0,4}:){4,7}[0-9a-f]{0,4}"),
    "identity_code": re.compile(r"[0-3][0-9][01][0-9]{3}[-+ABCDEFUVWXY][0-9]{3}[0-9A-Y]"),
    # A Finnish business ID is written like a short number of a phone, and is nobody's.
    "phone": re.compile(r"(?![0-9]{6,7}-[0-9]$)(?:\+[0-9]{1,3}|0)[\s-]?[1-9](?:[\s-]?[0-9]){5,11}"),
    "coordinates": re.compile(r"-?[0-9]{1,3}\.[0-9]{4,}[ ,;]+-?[0-9]{1,3}\.[0-9]{4,}.*"),
}
#: A column is personal where this share of what its cells say looks so.
SHARE = 0.3
_LONGEST_NAME = 60


def personal_name(header: str) -> str:
    """Why a header is taken for personal data; empty where it is not."""
    folded = bare(header).casefold().strip()
    if folded in _ALONE:
        return "name"
    # A question may speak of names without asking for one; a header that asks for one is short.
    return "name" if len(folded) <= _LONGEST_NAME and _NAMES.search(folded) else ""


def personal_look(values: list[str]) -> str:
    """Which kind of personal data the cells look like; empty where they do not."""
    if not values:
        return ""
    for kind, form in _LOOKS.items():
        if sum(bool(form.fullmatch(value.strip())) for value in values) >= SHARE * len(values):
            return kind
    return ""
