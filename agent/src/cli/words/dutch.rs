//! The Dutch of each command, argument and place of a value.

/// Command (outermost first, joined by a space) and argument -> Dutch. An empty argument is the
/// command itself, an empty command every command.
pub(super) const DUTCH: &[(&str, &str, &str)] = &[
    (
        "winkelbrug",
        "",
        "Brengt elke bestelling van uw webwinkel precies één keer en tot op de cent in uw boekhouding, en stuurt de echte voorraad terug naar de winkel",
    ),
    (
        "",
        "data_dir",
        "Map waarin Winkelbrug zijn gegevens bewaart",
    ),
    ("", "json", "Antwoord in JSON, voor programma's"),
    ("", "lang", "Taal van het scherm: nl of en"),
    ("", "help", "Toon deze hulp"),
    ("", "version", "Toon de versie"),
    ("", "name", "Naam van het profiel"),
    (
        "",
        "secrets",
        "Lees de geheimen als JSON van de standaardinvoer (--secrets -), of laat ze alle opnieuw vragen (--secrets ask); ook een variabele WINKELBRUG_SECRET_UPLOAD enzovoort geeft er een. Eenmaal gegeven blijven ze versleuteld bewaard",
    ),
    (
        "",
        "trust_new_key",
        "Vertrouw een sleutel of certificaat van de server dat nog niet bekend is",
    ),
    (
        "",
        "use_redirect",
        "Stuurt het adres van de winkel door binnen hetzelfde domein, zet dan het eindadres in het profiel",
    ),
    (
        "",
        "replace",
        "Neem de plaats in van het profiel met die naam",
    ),
    (
        "",
        "order",
        "Bestelnummer, of id:N met het eigen nummer van de winkel",
    ),
    (
        "serve",
        "",
        "Voer de taken op hun tijd uit, tot u stopt (Ctrl-C); op de achtergrond: winkelbrug zonder opdracht",
    ),
    (
        "serve",
        "listen",
        "Adres op deze pc waarop geluisterd wordt",
    ),
    (
        "serve",
        "background",
        "Zoals winkelbrug zonder opdracht het start: is het adres bezet, dan mag elk ander",
    ),
    (
        "serve",
        "stop",
        "Stop de Winkelbrug die op deze gegevensmap draait",
    ),
    (
        "profile",
        "",
        "Profielen maken, tonen en verwijderen: één winkel met één administratie",
    ),
    ("profile add", "", "Maak een profiel van een TOML-bestand"),
    ("profile add", "from", "Het TOML-bestand"),
    ("profile list", "", "Alle profielen"),
    ("profile show", "", "Toon de instellingen van een profiel"),
    (
        "profile remove",
        "",
        "Verwijder een profiel en zijn geheimen, nadat het koppelbestand uit de winkel is gehaald",
    ),
    (
        "profile remove",
        "force",
        "Verwijder het ook als de winkel niet bereikbaar is",
    ),
    (
        "profile clone",
        "",
        "Maak een profiel voor een tweede winkel met de instellingen van de eerste",
    ),
    ("profile clone", "name", "Profiel dat gekopieerd wordt"),
    ("profile clone", "new_name", "Naam van het nieuwe profiel"),
    ("profile clone", "url", "Adres van de tweede winkel"),
    (
        "profile clone",
        "folder",
        "Map van de tweede winkel op zijn server",
    ),
    (
        "profile export",
        "",
        "Schrijf een profiel naar een bestand, zonder geheimen",
    ),
    (
        "profile export",
        "to",
        "Bestand om te schrijven; weggelaten = het scherm",
    ),
    (
        "profile export",
        "replace",
        "Neem de plaats in van een bestand dat er al is",
    ),
    (
        "profile import",
        "",
        "Maak een profiel van een geëxporteerd bestand",
    ),
    ("profile import", "file", "Het geëxporteerde bestand"),
    ("profile import", "name", "Een andere naam ervoor"),
    (
        "check",
        "",
        "Test beide kanten stap voor stap, en elke naam in de instellingen",
    ),
    (
        "check",
        "create_articles",
        "Maak de kostenartikelen die ontbreken en vul hun codes in het profiel in",
    ),
    (
        "deploy",
        "",
        "Plaats het koppelbestand in de winkel, of werk het bij",
    ),
    (
        "withdraw",
        "",
        "Haal het koppelbestand en de tabel van Winkelbrug uit de winkel",
    ),
    ("run", "", "Voer één taak nu uit"),
    (
        "run",
        "task",
        "Taak: import-orders (gewoonlijk) of import-orders-export-stock",
    ),
    (
        "run",
        "dry_run",
        "Proefdraaien: toon wat er geschreven zou worden en schrijf niets",
    ),
    (
        "run",
        "stock_counted",
        "De voorraad in de administratie is geteld en rechtgezet sinds de laatste geboekte factuur: voortaan gaat zij weer naar de winkel",
    ),
    ("orders", "", "Wat er met elke bestelling is gebeurd"),
    (
        "orders",
        "state",
        "Alleen deze stand: wacht (held: wacht op u), geschreven (written: in de boeken), overgeslagen (skipped), gezien (seen), gepland (planned) of bezig (writing: wordt geschreven); of aandacht (attention: in de boeken, en iets vraagt uw aandacht)",
    ),
    ("order", "", "Alles over één bestelling"),
    (
        "retry",
        "",
        "Bied een bestelling die op u wacht opnieuw aan, als de oorzaak is opgelost",
    ),
    ("retry", "held", "Alle bestellingen die op u wachten"),
    (
        "retry",
        "difference",
        "Boek het totaalverschil van de bestelling: korting (discount: als korting, met btw naar verhouding) of onbelast (untaxed: zonder btw)",
    ),
    (
        "retry",
        "rate",
        "Schrijf een bestelling die niet in euro is tegen deze koers: hoeveel van haar valuta 1 euro waard was",
    ),
    (
        "retry",
        "yes",
        "Ja, tegen die koers: nodig als er geen koers van de ECB is om haar mee te vergelijken",
    ),
    (
        "skip",
        "",
        "Sla een bestelling voorgoed over, of meld dat u er een bekeken hebt die al in de boeken staat",
    ),
    ("skip", "why", "Waarom, in uw eigen woorden"),
    (
        "link",
        "",
        "Zeg welke relatie een klant is; zonder klant: de koppelingen die er zijn",
    ),
    (
        "link",
        "buyer",
        "Het klantnummer in de winkel, of order:NUMMER voor de klant van die bestelling",
    ),
    (
        "link",
        "code",
        "Klantcode in de administratie, of nieuw (new) voor een nieuwe relatie",
    ),
    (
        "link",
        "unlink",
        "Herken de klant weer zoals de instellingen zeggen",
    ),
    (
        "link",
        "yes",
        "Ja, ook een klant van wie geen bestelling bekend is, of een nieuwe relatie voor wie er al een heeft",
    ),
    (
        "credit",
        "",
        "Toon de creditering van wat op een bestelling is terugbetaald, of schrijf haar",
    ),
    (
        "credit",
        "number",
        "Welke van haar crediteringen: de N van het kenmerk …-CN; zonder: alle die wachten",
    ),
    (
        "credit",
        "rate",
        "Btw-tarief, in procenten, van een bedrag dat zonder tarief is terugbetaald",
    ),
    ("credit", "yes", "Schrijf haar"),
    (
        "credit",
        "no_money",
        "Er ging geen geld terug (tegoedbon, winkeltegoed), of u boekt het zelf: boek geen terugbetaling",
    ),
    (
        "cancel",
        "",
        "Verwijder een geannuleerde order uit de administratie, zolang zij niet gefactureerd is",
    ),
    ("cancel", "yes", "Verwijder haar"),
    (
        "books",
        "",
        "Wat er in de administratie staat, zoals Winkelbrug het ziet",
    ),
    (
        "books",
        "what",
        "Wat er getoond wordt: bestellingen (orders), boekingen (bookings), relaties (relations) of artikelen (articles); weggelaten = boekingen als het profiel die schrijft, en anders bestellingen",
    ),
    (
        "plan",
        "",
        "Kies wanneer een taak de volgende keer wordt uitgevoerd",
    ),
    ("plan", "task", "Taak"),
    (
        "plan",
        "next",
        "Wanneer: 17:00, \"31-12-2026 17:00\", nu (now), of 2026-12-31T17:00:00+01:00",
    ),
    (
        "status",
        "",
        "Profielen, taken, vorige en volgende keer, en wat op u wacht",
    ),
    ("watch", "", "Volg Winkelbrug terwijl het werkt"),
    (
        "deploy",
        "remove_others",
        "Verwijder ook bestanden van een eerdere installatie of van een andere pc",
    ),
    (
        "withdraw",
        "remove_others",
        "Verwijder ook bestanden van een eerdere installatie of van een andere pc",
    ),
    ("withdraw", "yes", "Vraag niet of u het zeker weet"),
    ("forget", "", "Wis de persoonsgegevens van een klant"),
    ("forget", "yes", "Vraag niet of u het zeker weet"),
    (
        "forget",
        "customer",
        "E-mailadres van de klant, of id:N met het eigen nummer van de winkel",
    ),
    (
        "support-bundle",
        "",
        "Verzamel logboeken en instellingen, zonder geheimen en persoonsgegevens",
    ),
    (
        "support-bundle",
        "file",
        "Tekstbestand om te schrijven, zoals hulp.txt",
    ),
    (
        "support-bundle",
        "replace",
        "Neem de plaats in van een bestand dat er al is",
    ),
];

/// What stands between angle brackets: English -> Dutch.
pub(super) const PLACES: &[(&str, &str)] = &[
    ("NAME", "NAAM"),
    ("NEW_NAME", "NIEUWE_NAAM"),
    ("FILE", "BESTAND"),
    ("DIR", "MAP"),
    ("FOLDER", "MAP"),
    ("LANG", "TAAL"),
    ("ADDRESS", "ADRES"),
    ("TASK", "TAAK"),
    ("TIME", "TIJDSTIP"),
    ("TEXT", "TEKST"),
    ("STATE", "STAND"),
    ("CUSTOMER", "KLANT"),
    ("WHAT", "WAT"),
    ("NUMBER|id:N", "NUMMER|id:N"),
    ("CUSTOMER|order:NUMBER", "KLANT|order:NUMMER"),
    ("CODE|new", "CODE|nieuw"),
    ("URL", "ADRES"),
    ("HOW", "HOE"),
    ("RATE", "KOERS"),
    ("PERCENT", "PERCENTAGE"),
];

/// Command -> how it is used, in Dutch and in English, where clap would put the words in another order
/// than they are typed in.
pub(super) const USAGES: &[(&str, &str, &str)] = &[
    (
        "retry",
        "winkelbrug retry [OPTIES] <NAAM> <NUMMER|id:N|--held>",
        "winkelbrug retry [OPTIONS] <NAME> <NUMBER|id:N|--held>",
    ),
    (
        "link",
        "winkelbrug link [OPTIES] <NAAM> [KLANT|order:NUMMER] [CODE|nieuw]",
        "winkelbrug link [OPTIONS] <NAME> [CUSTOMER|order:NUMBER] [CODE|new]",
    ),
    (
        "forget",
        "winkelbrug forget [OPTIES] <NAAM> <KLANT>",
        "winkelbrug forget [OPTIONS] <NAME> <CUSTOMER>",
    ),
];
