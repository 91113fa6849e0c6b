"""Claim forms with framed fields and tick boxes."""
from .people import DE_IBAN_CLAIMANT, FERNLEIGH, HALMSTEIN, letterhead
from .sheet import GREY, INK, Sheet

LEFT, RIGHT = 56, 540


def _section(sheet, y, number, title, color):
    sheet.box(LEFT, y, RIGHT, y + 15, 0, color, color)
    sheet.text(LEFT + 5, y + 11, f"{number} {title}", font="sans-bold", size=9, color=(1, 1, 1))
    return y + 20


def _fields(sheet, y, row, height=25):
    """row: [(share of the width, caption, value, label)]"""
    x, gap = LEFT, 6
    whole = RIGHT - LEFT - gap * (len(row) - 1)
    for share, caption, value, label in row:
        sheet.field(x, y, whole * share, caption, value, label, height)
        x += whole * share + gap
    return y + height + 5


def _tall(sheet, y, row):
    return _fields(sheet, y, row, 31) + 3


def _ticks(sheet, y, x, question, choices, step, label):
    """choices: [(caption, name, checked)] on one line after the question."""
    sheet.text(LEFT, y, question, size=8.5)
    for caption, name, checked in choices:
        sheet.tick(x, y, caption, checked, f"{label}.{name}")
        x += step
    return y + 17


def _answer(sheet, y, caption, rows, label, ruled=3):
    key = sheet.text(LEFT, y, caption, size=8.5)
    y += 17
    words, _ = sheet.lines(LEFT + 4, y - 3, rows, 17, font="mono", size=9.5, color=INK)
    sheet.label(label, words, key=key)
    for line in range(max(ruled, len(rows))):
        sheet.rule(LEFT, y + line * 17, RIGHT, y + line * 17, 0.4, GREY)
    return y + max(ruled, len(rows)) * 17 + 4


def motor_claim_en():
    """Fernleigh's motor claim form, two pages."""
    return [_motor_page_one(), _motor_page_two()]


def _motor_page_one():
    s = Sheet()
    color = FERNLEIGH.color
    letterhead(s, FERNLEIGH)
    s.label("title", s.text(LEFT, 105, "Motor claim form", font="book-bold", size=17))
    s.text(LEFT, 121, "Please answer every question and return the form within 14 days of the"
           " accident.", size=8.5)
    y = _section(s, 132, 1, "Policyholder", color)
    y = _tall(s, y, [(0.5, "Surname", "Quillfeather", "insured.surname"),
                       (0.5, "First names", "Imogen Prudence", "insured.first_names")])
    y = _tall(s, y, [(0.6, "Address", "3 Saltbox Lane, Aldermouth", "insured.address"),
                       (0.4, "Postcode", "ZZ9 7TR", "insured.postcode")])
    y = _tall(s, y, [(0.34, "Policy number", "FM-MOT-2048817", "policy_number"),
                       (0.33, "Telephone", "07700 900 318", "insured.phone"),
                       (0.33, "Date of birth", "09/11/1984", "insured.birth_date")])
    y = _ticks(s, y + 10, 250, "Are you registered for VAT?",
               [("Yes", "yes", False), ("No", "no", True)], 60, "vat")
    y = _section(s, y + 6, 2, "Vehicle", color)
    y = _tall(s, y, [(0.34, "Registration", "ZZ21 FQA", "vehicle.registration"),
                       (0.33, "Make and model", "Calder Finch 1.2", "vehicle.model"),
                       (0.33, "Mileage", "41,260", "vehicle.mileage")])
    y = _ticks(s, y + 10, 250, "The vehicle was being used for",
               [("Private use", "private", False), ("Commuting", "commuting", True),
                ("Business", "business", False)], 82, "use")
    y = _ticks(s, y, 250, "Is the vehicle still roadworthy?",
               [("Yes", "yes", False), ("No", "no", True)], 60, "roadworthy")
    y = _section(s, y + 6, 3, "Accident", color)
    y = _tall(s, y, [(0.25, "Date", "18/03/2024", "loss.date"),
                       (0.2, "Time", "07:50", "loss.time"),
                       (0.55, "Place", "Junction of Mill Road and Orchard Way", "loss.place")])
    y = _ticks(s, y + 10, 250, "Road surface",
               [("Dry", "dry", False), ("Wet", "wet", True), ("Icy", "icy", False)], 60,
               "road_surface")
    y = _ticks(s, y, 250, "Weather",
               [("Clear", "clear", False), ("Rain", "rain", True), ("Fog", "fog", False),
                ("Snow", "snow", False)], 60, "weather")
    y = _answer(s, y, "Describe in your own words what happened", [
        "I was waiting to turn right into Orchard Way when the blue van",
        "behind me failed to stop and pushed my car into the kerb. The",
        "driver apologised and said that his foot had slipped on the pedal.",
        "A woman at the bus stop saw it all and left us her number. Both",
        "cars were moved after the police had taken photographs."], "loss.description", 7)
    y = _ticks(s, y + 4, 250, "Parts that were damaged",
               [("Front", "front", False), ("Rear", "rear", True), ("Left", "left", True),
                ("Right", "right", False)], 60, "damage")
    s.text(LEFT, 815, "FM 1107 (04/22)", size=7, color=GREY)
    s.text(RIGHT, 815, "Page 1 of 2", size=7, color=GREY, align="right")
    return s


def _motor_page_two():
    s = Sheet()
    color = FERNLEIGH.color
    y = _section(s, 50, 4, "Other party", color)
    y = _tall(s, y, [(0.5, "Name", "Barnaby Thistlewood", "third_party.name"),
                       (0.25, "Registration", "ZZ18 KLM", "third_party.registration"),
                       (0.25, "Vehicle", "Blue van", "third_party.vehicle")])
    y = _tall(s, y, [(0.6, "Insurer", "Copperbridge General", "third_party.insurer"),
                       (0.4, "Their policy number", "CB 77 104 229", "third_party.policy")])
    y = _ticks(s, y + 10, 300, "Did the other driver admit that it was their fault?",
               [("Yes", "yes", True), ("No", "no", False), ("Unsure", "unsure", False)], 60,
               "admitted")
    y = _section(s, y + 6, 5, "Witnesses and police", color)
    y = _tall(s, y, [(0.5, "Witness", "Cordelia Nettleship", "witness.name"),
                       (0.5, "Telephone", "01632 960 871", "witness.phone")])
    y = _ticks(s, y + 10, 300, "Was the accident reported to the police?",
               [("Yes", "yes", True), ("No", "no", False)], 60, "police")
    y = _tall(s, y, [(0.5, "Police station", "Aldermouth Central", "police.station"),
                       (0.5, "Reference", "AC/0318/24-0077", "police.reference")])
    y = _section(s, y + 4, 6, "Injuries", color)
    y = _ticks(s, y + 10, 300, "Was anyone injured?",
               [("Yes", "yes", False), ("No", "no", True)], 60, "injured")
    y = _section(s, y + 6, 7, "Repair", color)
    y = _tall(s, y, [(0.6, "Garage", "Hobbs & Larkspur Motor Works", "garage.name"),
                       (0.4, "Estimate", "£1,874.40", "garage.estimate")])
    y = _ticks(s, y + 10, 300, "Please pay the garage directly",
               [("Yes", "yes", True), ("No", "no", False)], 60, "pay_garage")
    y = _answer(s, y, "If the car is not driven to the garage, where can our engineer see it?", [
        "In the yard behind the house; the key is with my neighbour",
        "at number 5 on weekdays between nine and five."], "inspection.place", 3)
    y = _section(s, y + 6, 8, "Declaration", color)
    _, y = s.paragraph(LEFT, y + 10, RIGHT - LEFT, (
        "I declare that the answers above are true and complete to the best of my knowledge. I"
        " understand that the Society may pass details of this claim to other insurers in order"
        " to prevent fraud, and that a false statement may end my cover."), 12, size=8.5)
    s.label("signed.place_date", s.text(LEFT + 6, y + 38, "Aldermouth, 21/03/2024", font="mono",
                                        size=9.5, color=INK))
    s.scrawl(340, y + 36, 130, 22, 11)
    s.rule(LEFT, y + 43, 260, y + 43, 0.5)
    s.rule(320, y + 43, RIGHT, y + 43, 0.5)
    s.text(LEFT, y + 52, "Place and date", size=7, color=GREY)
    s.text(320, y + 52, "Signature of the policyholder", size=7, color=GREY)
    y += 72
    s.box(LEFT, y, RIGHT, y + 62, 0.8)
    s.text(LEFT + 6, y + 13, "For office use only", font="sans-bold", size=8)
    s.field(LEFT + 6, y + 22, 150, "Claim number", "C-24-118602", "claim_number", 27)
    s.field(LEFT + 162, y + 22, 120, "Received", "25 MAR 2024", "received_date", 27)
    s.field(LEFT + 288, y + 22, 190, "Handler", "N. Pemberwick", "handler", 27)
    s.text(LEFT, 815, "FM 1107 (04/22)", size=7, color=GREY)
    s.text(RIGHT, 815, "Page 2 of 2", size=7, color=GREY, align="right")
    return s


def liability_claim_de():
    """Halmsteins Schadenanzeige zur Privathaftpflicht, eine Seite."""
    s = Sheet()
    color = HALMSTEIN.color
    letterhead(s, HALMSTEIN)
    s.label("title", s.text(LEFT, 105, "Schadenanzeige Privathaftpflicht", font="book-bold",
                            size=16))
    s.text(LEFT, 120, "Bitte in Druckbuchstaben ausfüllen und Zutreffendes ankreuzen.", size=8.5)
    y = _section(s, 130, "A", "Versicherungsnehmer", color)
    y = _fields(s, y, [(0.5, "Name, Vorname", "Tiefwasser, Marlene", "insured.name"),
                       (0.5, "Versicherungsschein-Nr.", "HV 60-771-2093", "policy_number")])
    y = _fields(s, y, [(0.6, "Straße, Hausnummer", "Kirschgärtnerweg 18", "insured.street"),
                       (0.4, "PLZ, Ort", "01999 Kleinmoosbach", "insured.city")])
    y = _fields(s, y, [(0.5, "Telefon", "030 23125 817", "insured.phone"),
                       (0.5, "E-Mail", "m.tiefwasser@example.org", "insured.email")])
    y = _section(s, y + 2, "B", "Geschädigter", color)
    y = _fields(s, y, [(0.5, "Name, Vorname", "Federkiel, Jonas", "third_party.name"),
                       (0.5, "Anschrift", "Gerbergasse 4, 01999 Kleinmoosbach",
                        "third_party.address")])
    y = _ticks(s, y + 8, 330, "Sind Sie mit dem Geschädigten verwandt oder verschwägert?",
               [("ja", "yes", False), ("nein", "no", True)], 50, "related")
    y = _ticks(s, y, 330, "Leben Sie in häuslicher Gemeinschaft?",
               [("ja", "yes", False), ("nein", "no", True)], 50, "household")
    y = _section(s, y, "C", "Schadenereignis", color)
    y = _fields(s, y, [(0.25, "Schadentag", "02.05.2024", "loss.date"),
                       (0.2, "Uhrzeit", "16:30 Uhr", "loss.time"),
                       (0.55, "Schadenort", "Gerbergasse 4, Wohnzimmer", "loss.place")])
    y = _ticks(s, y + 8, 190, "Art des Schadens",
               [("Sachschaden", "property", True), ("Personenschaden", "injury", False),
                ("Vermögensschaden", "financial", False)], 110, "damage_kind")
    y = _answer(s, y, "Schildern Sie bitte den Hergang ausführlich", [
        "Beim Umräumen der Bücher bin ich rückwärts gegen die Glasvitrine",
        "gestoßen. Die linke Tür ist zersprungen, dabei fielen zwei",
        "Porzellanfiguren heraus und gingen zu Bruch. Größere Scherben",
        "haben außerdem das Parkett zerkratzt."], "loss.description", 4)
    y = _section(s, y + 2, "D", "Beschädigte Sachen", color)

    def mark(row, column, words):
        s.label(f"item.{('name', 'age', 'price')[column]}", words, row=row)
    y = s.table(LEFT, y, [(284, "left"), (100, "left"), (100, "right")],
                ["Gegenstand", "Alter", "Kaufpreis"],
                [["Glasvitrine, Eiche hell", "6 Jahre", "849,00 €"],
                 ["Porzellanfigur »Reiher«", "2 Jahre", "129,50 €"],
                 ["Porzellanfigur »Fischer«", "2 Jahre", "119,90 €"]], on_cell=mark)
    y = _ticks(s, y + 15, 330, "Sind Rechnungen oder Fotos vorhanden?",
               [("ja", "yes", True), ("nein", "no", False)], 50, "evidence")
    y = _section(s, y - 2, "E", "Bankverbindung und Unterschrift", color)
    y = _fields(s, y, [(0.6, "IBAN des Geschädigten", DE_IBAN_CLAIMANT, "third_party.iban"),
                       (0.4, "Kontoinhaber", "Jonas Federkiel", "third_party.account_holder")])
    s.label("signed.place_date", s.text(LEFT + 6, y + 24, "Kleinmoosbach, 06.05.2024",
                                        font="mono", size=9.5, color=INK))
    s.scrawl(345, y + 22, 120, 20, 23)
    s.rule(LEFT, y + 29, 260, y + 29, 0.5)
    s.rule(320, y + 29, RIGHT, y + 29, 0.5)
    s.text(LEFT, y + 38, "Ort, Datum", size=7, color=GREY)
    s.text(320, y + 38, "Unterschrift des Versicherungsnehmers", size=7, color=GREY)
    return s


def water_claim_en():
    """A household form for escape of water, two pages, for the fax machine."""
    s = Sheet()
    black = (0.05, 0.05, 0.05)
    s.label("title", s.text(LEFT, 70, "HOUSEHOLD CLAIM FORM", font="sans-bold", size=17))
    s.text(LEFT, 88, "Escape of water", font="sans", size=12)
    s.lines(RIGHT, 62, [FERNLEIGH.name + " " + FERNLEIGH.tag] + FERNLEIGH.lines[:2], 11,
            size=8.5, align="right")
    y = _section(s, 104, "1.", "YOUR DETAILS", black)
    y = _fields(s, y, [(0.6, "Name of policyholder", "Septimus Hallowell", "insured.name"),
                       (0.4, "Policy number", "FM-HSE-0093314", "policy_number")], 30)
    y = _fields(s, y, [(1, "Address of the insured property",
                        "Flat 6, Cooper's Wharf, Aldermouth ZZ9 2BD", "insured.address")], 30)
    y = _fields(s, y, [(0.5, "Telephone", "01632 960 552", "insured.phone"),
                       (0.5, "Email", "s.hallowell@example.org", "insured.email")], 30)
    y = _section(s, y + 4, "2.", "WHAT HAPPENED", black)
    y = _fields(s, y, [(0.5, "Date of loss", "11 January 2024", "loss.date"),
                       (0.5, "Date discovered", "12 January 2024", "loss.discovered")], 30)
    s.text(LEFT, y + 10, "Where did the water come from?", size=9)
    y += 28
    for column, (caption, name, on) in enumerate([
            ("Burst pipe", "pipe", True), ("Washing machine", "machine", False),
            ("Roof", "roof", False), ("Neighbour", "neighbour", False)]):
        s.tick(LEFT + 8 + column * 118, y, caption, on, f"source.{name}", 9)
    y = _answer(s, y + 24, "Describe the cause and the extent of the damage", [
        "A joint under the kitchen sink gave way during the frost. Water",
        "ran for about nine hours, soaked the oak floor in the kitchen",
        "and hall and came through the ceiling of the flat below.",
        "The plumber closed the main valve at 6.40 in the morning."], "loss.description", 5)
    s.text(LEFT, y + 8, "Has the leak been repaired?", size=9)
    s.tick(250, y + 8, "Yes", True, "repaired.yes", 9)
    s.tick(310, y + 8, "No", False, "repaired.no", 9)
    s.text(LEFT, y + 28, "Was the property occupied at the time?", size=9)
    s.tick(250, y + 28, "Yes", False, "occupied.yes", 9)
    s.tick(310, y + 28, "No", True, "occupied.no", 9)
    s.text(RIGHT, 806, "1/2", size=9, align="right")
    return [s, _water_page_two(black)]


def _water_page_two(black):
    s = Sheet()
    y = _section(s, 56, "3.", "WHAT YOU ARE CLAIMING FOR", black)

    def mark(row, column, words):
        s.label(f"item.{('name', 'bought', 'cost')[column]}", words, row=row)
    rows = [["Oak floor, 19 square metres", "2019", "£1,330.00"],
            ["Kitchen base units, two", "2016", "£415.00"],
            ["Hall carpet runner", "2021", "£96.50"],
            ["Redecoration of the ceiling below", "-", "£620.00"],
            ["Emergency plumber", "2024", "£184.80"]]
    y = s.table(LEFT, y, [(300, "left"), (84, "left"), (100, "right")],
                ["Item", "Bought", "Cost to replace"], rows, leading=18, size=9.5, on_cell=mark)
    key = s.text(LEFT + 230, y + 18, "Total claimed", font="sans-bold", size=10)
    s.label("total", s.text(RIGHT - 3, y + 18, "£2,646.30", font="sans-bold", size=10,
                            align="right", same_line=True), key=key)
    y = _section(s, y + 40, "4.", "OTHER INSURANCE", black)
    s.text(LEFT, y + 10, "Does any other policy cover this loss?", size=9)
    s.tick(250, y + 10, "Yes", False, "other_policy.yes", 9)
    s.tick(310, y + 10, "No", True, "other_policy.no", 9)
    y = _section(s, y + 30, "5.", "DECLARATION", black)
    _, y = s.paragraph(LEFT, y + 12, RIGHT - LEFT, (
        "The statements on this form are true. I have kept all damaged items for inspection and"
        " agree that the Society may visit the property. I will tell the Society at once if"
        " another person pays for any part of this loss."), 13, size=9)
    s.scrawl(LEFT + 20, y + 38, 150, 24, 37, (0.1, 0.1, 0.1))
    s.rule(LEFT, y + 46, 280, y + 46, 0.6)
    s.rule(340, y + 46, RIGHT, y + 46, 0.6)
    s.text(LEFT, y + 57, "Signature", size=8)
    s.label("signed.date", s.text(346, y + 41, "15 January 2024", font="mono", size=10))
    s.text(340, y + 57, "Date", size=8)
    s.text(RIGHT, 806, "2/2", size=9, align="right")
    return s
