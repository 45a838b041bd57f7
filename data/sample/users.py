"""Invented people, one for each role, whom the demonstration can be read as, and a partner."""

from __future__ import annotations

from data.access import SAMPLE_ISSUER
from data.sample.effects import KNOWN_EFFECTS
from data.sample.register import Rows, ids, numbered

#: Subject and name of each persona. The names say what they are, so nobody takes them for people.
PERSONAS = {
    "steering": "Ohjausryhmän jäsen (esimerkki)",
    "manager": "Projektipäällikkö (esimerkki)",
    "funder": "Rahoittajan edustaja (esimerkki)",
    "evaluator": "Arvioija (esimerkki)",
    "administrator": "Pääkäyttäjä (esimerkki)",
    # Judges phases beside the manager; comes last, so the manager stays the first of the role.
    "partner": "Hankekumppani (esimerkki)",
}
MANAGED_PROJECTS = ("kaarnalaiva", "lautaselta-takaisin")
#: Where the partner judges too.
PARTNERED_PROJECTS = (*KNOWN_EFFECTS.agreeing_projects, KNOWN_EFFECTS.unclear_project)
#: Whose role has another name than they have.
ROLE_OF = {"partner": "manager"}
FUNDER = "eakr-uudenmaan-liitto"


def personas(known: dict[str, Rows]) -> dict[str, Rows]:
    """Rows of users and their grants."""
    users = numbered(
        [
            {"issuer": SAMPLE_ISSUER, "subject": subject, "name": name}
            for subject, name in PERSONAS.items()
        ]
    )
    number = {row["subject"]: row["id"] for row in users}
    projects, funders = ids(known["project"]), ids(known["funder"])
    scoped = [("manager", projects[code], None) for code in MANAGED_PROJECTS]
    scoped.append(("funder", None, funders[FUNDER]))
    scoped += [
        ("partner", projects[code], None) for code in (*MANAGED_PROJECTS, *PARTNERED_PROJECTS)
    ]
    scoped += [(role, None, None) for role in ("steering", "evaluator", "administrator")]
    grants = [
        {
            "user_id": number[who],
            "role": ROLE_OF.get(who, who),
            "project_id": project,
            "funder_id": funder,
        }
        for who, project, funder in scoped
    ]
    return {"app_user": users, "user_grant": numbered(grants)}
