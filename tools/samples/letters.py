"""Letters to and from insurers, and a policy schedule."""
from .people import FERNLEIGH, HALMSTEIN, letterhead
from .sheet import GREY, Sheet

LEFT, WIDTH, RIGHT = 56, 484, 540


def _body(s, y, paragraphs, font, size, leading, gap=8):
    for text in paragraphs:
        _, y = s.paragraph(LEFT, y, WIDTH, text, leading, font=font, size=size)
        y += gap
    return y


def acknowledgement_en():
    """The insurer confirms a claim; names two claims of one accident."""
    s = Sheet()
    letterhead(s, FERNLEIGH)
    words, _ = s.lines(LEFT, 122, ["Ms Imogen Quillfeather", "3 Saltbox Lane", "Aldermouth",
                                   "ZZ9 7TR"], 14, font="serif", size=11)
    s.label("recipient.address", words)
    y = 122
    for caption, value, label in [("Date", "27 March 2024", "letter_date"),
                                  ("Our reference", "C-24-118602 / NP", "claim_number"),
                                  ("Policy", "FM-MOT-2048817", "policy_number")]:
        key = s.text(360, y, caption, font="serif", size=10, color=GREY)
        s.label(label, s.text(440, y, value, font="serif", size=10, same_line=True), key=key)
        y += 14
    s.text(LEFT, 210, "Dear Ms Quillfeather,", font="serif", size=11.5)
    s.label("subject", s.text(LEFT, 236, "Your accident on 18 March 2024 in Mill Road",
                              font="serif-bold", size=12))
    y = _body(s, 260, [
        "Thank you for your claim form, which reached us on 25 March. We are sorry to hear of"
        " your accident and glad that nobody was hurt.",
        "We have opened two files. Damage to your own car is handled under the reference given"
        " above. Your claim against the driver of the other vehicle is handled under the"
        " reference C-24-118603, and we have written to his insurer, Copperbridge General, to"
        " ask whether liability is admitted.",
        "Hobbs & Larkspur Motor Works may begin with the repair as soon as our engineer has"
        " seen the car. His visit is planned for Tuesday, 2 April, between nine and eleven"
        " o'clock. Your policy has an excess of £150, which you pay to the garage when you"
        " collect the car; we shall try to recover it for you.",
        "Please send us any further invoices, together with the statement that you and the"
        " other driver signed. You can upload them at claims.fernleigh.example.org or add the"
        " reference to an email. Do not send originals by post.",
        "If you have any question, call me on 01632 960 158 on weekdays before four o'clock."],
        "serif", 11.5, 15)
    s.text(LEFT, y + 8, "Yours sincerely,", font="serif", size=11.5)
    s.scrawl(LEFT + 4, y + 48, 110, 22, 61)
    words, y = s.lines(LEFT, y + 68, ["Nathaniel Pemberwick", "Motor claims"], 14, font="serif",
                       size=11.5)
    s.label("sender.name", words[:2])
    s.rule(LEFT, 790, RIGHT, 790, 0.5, GREY)
    s.text(297, 804, "Fernleigh Mutual Insurance Society Limited. Registered in Aldermouth,"
           " number 00999123.", size=7.5, color=GREY, align="centre")
    return [s]


def customer_letter_de():
    """A policyholder writes; an inventory of the loss follows on two more pages."""
    s = Sheet()
    words, _ = s.lines(LEFT, 66, ["Henriette Lindwurm", "Seilerstraße 41", "01999 Kleinmoosbach"],
                       15, font="mono", size=11)
    s.label("sender.address", words)
    words, _ = s.lines(LEFT, 140, ["Halmstein Versicherung a.G.", "Schadenabteilung",
                                   "Am Stellwerk 7", "01999 Kleinmoosbach"], 15, font="mono",
                       size=11)
    s.label("recipient.address", words)
    words = s.text(RIGHT, 226, "Kleinmoosbach, den 22.02.2024", font="mono", size=11,
                   align="right")
    s.label("letter_date", words[-1:])
    s.label("subject", s.text(LEFT, 262, "Leitungswasserschaden vom 13.02.2024",
                              font="mono-bold", size=11))
    key = s.text(LEFT, 278, "Versicherungsnummer", font="mono", size=11)
    s.label("policy_number", s.text(196, 278, "HV 31-404-8826", font="mono", size=11,
                                    same_line=True), key=key)
    s.text(LEFT, 312, "Sehr geehrte Damen und Herren,", font="mono", size=11)
    y = _body(s, 336, [
        "in der Nacht zum 13. Februar ist in meinem Badezimmer ein Wasserrohr gebrochen. Das"
        " Wasser lief durch die Decke in den darunter liegenden Abstellraum.",
        "Die Firma Rohrwerk hat die Leitung am nächsten Tag repariert. Die Rechnung über"
        " 1.170,90 Euro sowie den Kassenbon für das Material zur Renovierung füge ich bei.",
        "Auf den folgenden Seiten finden Sie eine Aufstellung aller beschädigten Gegenstände."
        " Die meisten Belege besitze ich noch. Ich bitte um Übernahme der Kosten und um"
        " Nachricht, ob ein Gutachter die Räume besichtigen möchte."], "mono", 11, 16, 10)
    s.text(LEFT, y + 10, "Mit freundlichen Grüßen", font="mono", size=11)
    s.scrawl(LEFT + 4, y + 56, 140, 26, 71, (0.1, 0.1, 0.1))
    s.text(LEFT, y + 78, "Henriette Lindwurm", font="mono", size=11)
    s.text(LEFT, y + 114, "Anlagen: Aufstellung, Rechnung, Kassenbon", font="mono", size=9.5)
    return [s, _inventory_de(1, _LOST[:12], None), _inventory_de(2, _LOST[12:], "2.219,40")]


_LOST = [
    ("Waschtischunterschrank", "2018", "289,00"), ("Spiegelschrank", "2018", "219,00"),
    ("Badteppich, drei Stück", "2022", "74,70"), ("Handtücher, zehn Stück", "2021", "98,00"),
    ("Personenwaage", "2020", "34,90"), ("Elektrische Zahnbürste", "2023", "89,95"),
    ("Haartrockner", "2019", "42,50"), ("Regal, Kiefer massiv", "2015", "119,00"),
    ("Umzugskartons mit Büchern", "-", "180,00"), ("Winterstiefel, zwei Paar", "2021", "159,80"),
    ("Bügelbrett", "2016", "49,00"), ("Dampfbügeleisen", "2020", "69,95"),
    ("Nähmaschine", "2012", "210,00"), ("Koffer, mittelgroß", "2019", "84,00"),
    ("Schlafsack, zwei Stück", "2018", "139,90"), ("Zelt für drei Personen", "2017", "165,00"),
    ("Weihnachtsschmuck", "-", "60,00"), ("Bettwäsche, vier Garnituren", "2020", "96,00"),
    ("Vorhänge", "2016", "38,70"),
]


def _inventory_de(number, rows, total):
    s = Sheet()
    s.text(LEFT, 62, "Aufstellung der beschädigten Gegenstände", font="mono-bold", size=12)
    s.text(RIGHT, 62, f"Blatt {number}", font="mono", size=10, align="right", same_line=True)
    s.text(LEFT, 80, "Schadentag 13.02.2024, Seilerstraße 41", font="mono", size=10)

    def mark(row, column, words):
        s.label(f"item.{('name', 'bought', 'cost')[column]}", words, row=row)
    y = s.table(LEFT, 96, [(284, "left"), (90, "centre"), (110, "right")],
                ["Gegenstand", "Anschaffung", "Neupreis in EUR"], rows, font="mono", size=10.5,
                leading=26, on_cell=mark)
    if total:
        key = s.text(300, y + 30, "Gesamtsumme", font="mono-bold", size=11)
        s.label("total", s.text(RIGHT - 3, y + 30, total, font="mono-bold", size=11,
                                align="right", same_line=True), key=key)
        s.paragraph(LEFT, y + 70, WIDTH, (
            "Ich versichere, dass diese Angaben der Wahrheit entsprechen."), 16, font="mono",
            size=11)
        s.scrawl(LEFT + 4, y + 124, 140, 26, 73, (0.1, 0.1, 0.1))
        s.text(LEFT, y + 146, "Kleinmoosbach, 22.02.2024", font="mono", size=10)
    return s


def policy_schedule_de():
    """Born digital, with a table of benefits."""
    s = Sheet()
    letterhead(s, HALMSTEIN)
    s.label("title", s.text(LEFT, 110, "Versicherungsschein", font="book-bold", size=17))
    s.text(LEFT, 126, "Kraftfahrtversicherung mit Vollkasko", size=10)
    y = 152
    for caption, value, label in [
            ("Versicherungsnummer", "HV 22-918-4410", "policy_number"),
            ("Versicherungsnehmer", "Jonas Federkiel, Gerbergasse 4, 01999 Kleinmoosbach",
             "insured.name_address"),
            ("Beginn", "01.01.2024, 00:00 Uhr", "policy.begin"),
            ("Ablauf", "01.01.2025, 00:00 Uhr", "policy.end"),
            ("Zahlweise", "vierteljährlich", "policy.payment")]:
        key = s.text(LEFT, y, caption, size=9, color=GREY)
        s.label(label, s.text(190, y, value, size=9.5, same_line=True), key=key)
        y += 16
    s.text(LEFT, y + 12, "Versichertes Fahrzeug", font="sans-bold", size=10.5)
    y += 30
    for caption, value, label in [("Hersteller und Typ", "Kranich Tourer 2.0 D", "vehicle.model"),
                                  ("Amtliches Kennzeichen", "QX-JF 418", "vehicle.registration"),
                                  ("Fahrgestellnummer", "ZZZKT20D0N1904417", "vehicle.vin"),
                                  ("Erstzulassung", "17.05.2022", "vehicle.first_registration")]:
        key = s.text(LEFT, y, caption, size=9, color=GREY)
        s.label(label, s.text(190, y, value, size=9.5, same_line=True), key=key)
        y += 16

    def mark(row, column, words):
        s.label(f"cover.{('risk', 'sum', 'excess', 'premium')[column]}", words, row=row)
    y = s.table(LEFT, y + 12, [(190, "left"), (120, "right"), (84, "right"), (90, "right")],
                ["Leistung", "Deckungssumme", "Selbstbeteiligung", "Beitrag"], [
        ["Kfz-Haftpflicht", "100 Mio. €", "-", "318,40 €"],
        ["Vollkasko", "Wiederbeschaffungswert", "500 €", "402,15 €"],
        ["Teilkasko", "Wiederbeschaffungswert", "150 €", "88,60 €"],
        ["Schutzbrief", "nach Bedingungen", "-", "14,90 €"]], leading=18, size=9, on_cell=mark)
    key = s.text(320, y + 20, "Jahresbeitrag", font="sans-bold", size=10)
    s.label("premium.total", s.text(537, y + 20, "824,05 €", font="sans-bold", size=10,
                                    align="right", same_line=True), key=key)
    _body(s, y + 52, [
        "Der Beitrag enthält die gesetzliche Versicherungsteuer von 19 Prozent. Grundlage des"
        " Vertrages sind die Allgemeinen Bedingungen für die Kraftfahrtversicherung, Stand"
        " Oktober 2023, die Ihnen mit dem Antrag ausgehändigt wurden.",
        "Bitte prüfen Sie alle Angaben. Widersprechen Sie nicht innerhalb eines Monats, so"
        " gelten Abweichungen vom Antrag als genehmigt. Einen Schaden melden Sie bitte"
        " unverzüglich, spätestens innerhalb einer Woche."], "sans", 9.5, 13.5)
    s.text(LEFT, 760, "Kleinmoosbach, den 04.12.2023", size=9.5)
    s.scrawl(LEFT + 4, 784, 100, 16, 81)
    s.scrawl(LEFT + 150, 784, 110, 18, 83)
    s.text(LEFT, 800, "Der Vorstand", size=8, color=GREY)
    return [s]


def burglary_mail_en():
    """A mail as printed by the handler's desk, and the police slip that came with it."""
    s = Sheet()
    y = 70
    for caption, value, label in [
            ("From", "Philippa Marchbanks <p.marchbanks@example.org>", "sender.email"),
            ("To", "claims@fernleigh.example.org", "recipient.email"),
            ("Sent", "1 July 2024 18:22", "letter_date"),
            ("Subject", "Burglary, 22 Weaver's Steps, claim C-24-130771", "subject")]:
        key = s.text(LEFT, y, caption, font="sans-bold", size=9.5)
        s.label(label, s.text(120, y, value, size=9.5, same_line=True), key=key)
        y += 15
    s.rule(LEFT, y - 4, RIGHT, y - 4, 0.8)
    y = _body(s, y + 22, [
        "Dear Fernleigh team,",
        "as agreed on the telephone I am sending the invoice of the locksmith and the slip that"
        " the officer left with me. The glazier will come on Friday; his estimate follows.",
        "Missing are my grandfather's pocket watch, a camera with two lenses and about £140 in"
        " cash from the kitchen drawer. I found no receipt for the camera, but the box with the"
        " serial number is still here. The watch was valued at £620 in 2019.",
        "Nothing else was touched. Please let me know whether you need photographs of the door.",
        "Kind regards", "Philippa Marchbanks"], "sans", 10.5, 15)
    s.text(LEFT, y + 16, "Attachment: police-slip.pdf (1 page)", size=9, color=GREY)
    return [s, _police_slip_en()]


def _police_slip_en():
    s = Sheet()
    s.label("title", s.text(297, 90, "ALDERMOUTH CONSTABULARY", font="book-bold", size=15,
                            align="centre"))
    s.text(297, 108, "Notice to a person who has reported a crime", font="book", size=10.5,
           align="centre")
    s.box(70, 130, 525, 420, 1.2)
    y = 166
    for caption, value, label in [
            ("Crime reference", "AC/0627/24-0140", "police.reference"),
            ("Offence", "Burglary of a dwelling", "offence.description"),
            ("Reported by", "Philippa Marchbanks", "insured.name"),
            ("Place", "22 Weaver's Steps, Aldermouth", "loss.place"),
            ("Date and time", "27 June 2024, before 22:15", "loss.date"),
            ("Officer", "Sgt. W. Ottershaw", "handler"),
            ("Telephone", "01632 960 019", "police.phone")]:
        key = s.text(88, y, caption, font="book", size=10)
        s.label(label, s.text(210, y, value, font="mono", size=11.5, same_line=True), key=key)
        s.rule(204, y + 5, 505, y + 5, 0.5)
        y += 36
    s.paragraph(70, 450, 455, (
        "Keep this notice and quote the reference whenever you write to us. Your insurer will ask"
        " for it. If you discover that more is missing, tell us within seven days."), 16,
        font="book", size=10.5)
    return s
