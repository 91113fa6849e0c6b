"""An agreed statement of facts after an accident, as drivers across Europe carry it: one column
per vehicle, circumstances to tick in the middle. The wording is this project's own."""
from .sheet import GREY, INK, Sheet

BLUE, YELLOW = (0.86, 0.91, 0.97), (0.99, 0.96, 0.82)
LEFT, RIGHT = 34, 561
A0, A1 = 34, 206       # column of vehicle A
B0, B1 = 389, 561      # column of vehicle B

ENGLISH = {
    "title": "EUROPEAN ACCIDENT STATEMENT",
    "note": "Not an admission of blame, but a summary of facts that helps to settle claims.",
    "date": "1. Date", "time": "Time", "place": "2. Place", "injured": "3. Injuries, even slight",
    "damage": "4. Damage to other things", "witness": "5. Witnesses: names, addresses, telephone",
    "yes": "yes", "no": "no", "vehicle": "VEHICLE", "holder": "6. Policyholder",
    "car": "7. Vehicle", "insurer": "8. Insurer", "driver": "9. Driver",
    "name": "Name", "first": "First name", "address": "Address", "phone": "Telephone",
    "make": "Make, type", "plate": "Registration", "company": "Company", "policy": "Policy no.",
    "licence": "Licence no.", "circumstances": "12. CIRCUMSTANCES",
    "cross": "Tick each box that applies", "count": "number of boxes ticked",
    "impact": "10. First point of impact", "visible": "11. Visible damage",
    "sketch": "13. Sketch of the accident", "remarks": "14. Remarks",
    "signatures": "15. Signatures of the drivers",
    "causes": ["was parked", "was leaving a parking place", "was entering a parking place",
               "came out of a yard or track", "turned into a yard or track",
               "entered a roundabout", "drove in a roundabout", "struck the rear, same lane",
               "same direction, other lane", "was changing lanes", "was overtaking",
               "was turning right", "was turning left", "was reversing",
               "was on the wrong side", "came from the right", "missed a give way sign"],
}

GERMAN = {
    "title": "EUROPÄISCHER UNFALLBERICHT",
    "note": "Kein Schuldanerkenntnis, sondern eine Wiedergabe des Unfallhergangs.",
    "date": "1. Unfalltag", "time": "Uhrzeit", "place": "2. Ort",
    "injured": "3. Verletzte, auch leicht", "damage": "4. Andere Sachschäden",
    "witness": "5. Zeugen: Namen, Anschriften, Telefon", "yes": "ja", "no": "nein",
    "vehicle": "FAHRZEUG", "holder": "6. Versicherungsnehmer", "car": "7. Fahrzeug",
    "insurer": "8. Versicherer", "driver": "9. Fahrer", "name": "Name", "first": "Vorname",
    "address": "Anschrift", "phone": "Telefon", "make": "Marke, Typ", "plate": "Kennzeichen",
    "company": "Gesellschaft", "policy": "Police Nr.", "licence": "Führerschein",
    "circumstances": "12. UNFALLUMSTÄNDE", "cross": "Zutreffendes bitte ankreuzen",
    "count": "Anzahl der Kreuze", "impact": "10. Stelle des Aufpralls",
    "visible": "11. Sichtbare Schäden", "sketch": "13. Unfallskizze",
    "remarks": "14. Bemerkungen", "signatures": "15. Unterschriften der Fahrer",
    "causes": ["parkte", "verließ einen Parkplatz", "parkte ein", "kam aus einem Grundstück",
               "bog in ein Grundstück ein", "fuhr in den Kreisel ein", "fuhr im Kreisverkehr",
               "fuhr auf das Heck auf", "gleiche Richtung, andere Spur", "wechselte die Spur",
               "überholte", "bog rechts ab", "bog links ab", "fuhr rückwärts",
               "fuhr auf der Gegenspur", "kam von rechts", "missachtete die Vorfahrt"],
}


def statement(words, facts):
    """words: one of the languages above; facts: what the drivers filled in."""
    s = Sheet()
    s.label("title", s.text(LEFT, 34, words["title"], font="sans-bold", size=14))
    s.text(RIGHT, 33, words["note"], font="narrow", size=7.5, align="right", color=GREY)
    y = _head(s, words, facts, 42)
    for side, x in (("a", A0), ("b", B0)):
        _vehicle(s, words, facts[side], side, x, y)
    _circumstances(s, words, facts, y)
    _foot(s, words, facts, 596)
    return [s]


def _head(s, t, f, y):
    s.field(LEFT, y, 84, t["date"], f["date"], "loss.date", 26)
    s.field(LEFT + 84, y, 62, t["time"], f["time"], "loss.time", 26)
    s.field(LEFT + 146, y, 266, t["place"], f["place"], "loss.place", 26)
    _yes_no(s, t, LEFT + 412, y, 115, t["injured"], f["injured"], "injured", 26)
    _yes_no(s, t, LEFT, y + 26, 146, t["damage"], f["damage"], "other_damage", 30)
    s.field(LEFT + 146, y + 26, 381, t["witness"], f["witness"], "witness", 30, size=9)
    return y + 62


def _yes_no(s, t, x, y, width, caption, value, label, height):
    s.box(x, y, x + width, y + height, 0.5, GREY)
    s.text(x + 3, y + 8, caption, size=6.5, color=GREY)
    s.tick(x + 12, y + height - 6, t["no"], not value, f"{label}.no", 8.5)
    s.tick(x + 58, y + height - 6, t["yes"], value, f"{label}.yes", 8.5)


def _vehicle(s, t, f, side, x, y):
    s.box(x, y, x + 172, 590, 0.7, GREY, BLUE if side == "a" else YELLOW)
    s.text(x + 86, y + 15, f"{t['vehicle']} {side.upper()}", font="sans-bold", size=12,
           align="centre")
    y += 22
    for title, rows in (("holder", ("name", "first", "address", "phone")),
                        ("car", ("make", "plate")), ("insurer", ("company", "policy")),
                        ("driver", ("name", "first", "licence"))):
        s.rule(x, y, x + 172, y, 0.7, GREY)
        s.text(x + 4, y + 12, t[title], font="sans-bold", size=8.5)
        y += 27
        for row in rows:
            key = s.text(x + 4, y, t[row], font="narrow", size=8, color=GREY)
            value = f[title][row]
            words = s.text(x + 56, y, value, font="mono", size=8.6, color=INK, same_line=True)
            s.label(f"{side}.{title}.{row}", words, key=key)
            s.rule(x + 54, y + 3, x + 168, y + 3, 0.3, GREY)
            y += 16.5
        y -= 6
    s.rule(x, y, x + 172, y, 0.7, GREY)
    s.text(x + 4, y + 11, t["impact"], font="sans-bold", size=8)
    _car(s, x + 118, y + 20, f["impact"])
    s.text(x + 4, y + 82, t["visible"], font="sans-bold", size=8)
    words, _ = s.lines(x + 6, y + 97, f["visible"], 13, font="mono", size=8.6, color=INK)
    s.label(f"{side}.visible_damage", words)


def _car(s, x, y, impact):
    """A car from above, with an arrow where it was hit."""
    s.box(x, y, x + 22, y + 48, 1.1, (0.2, 0.2, 0.2), (1, 1, 1))
    s.box(x + 3, y + 11, x + 19, y + 19, 0.6, GREY)
    s.box(x + 3, y + 36, x + 19, y + 42, 0.6, GREY)
    tips = {"rear": (x + 11, y + 48, 0, 14), "front": (x + 11, y, 0, -14),
            "left": (x, y + 26, -24, 0), "right": (x + 22, y + 26, 24, 0)}
    tx, ty, dx, dy = tips[impact]
    s.rule(tx, ty, tx + dx, ty + dy, 1.6, INK)
    for sign in (1, -1):
        s.rule(tx, ty, tx + dx * 0.4 + sign * dy * 0.3, ty + dy * 0.4 + sign * dx * 0.3, 1.6, INK)


def _circumstances(s, t, f, y):
    s.box(A1, y, B0, 590, 0.7, GREY)
    middle = (A1 + B0) / 2
    s.text(middle, y + 14, t["circumstances"], font="sans-bold", size=10, align="centre")
    s.text(middle, y + 25, t["cross"], font="narrow", size=8, align="centre", color=GREY)
    s.text(A1 + 9, y + 40, "A", font="sans-bold", size=10)
    s.text(B0 - 9, y + 40, "B", font="sans-bold", size=10, align="right")
    at = y + 60
    for number, cause in enumerate(t["causes"], 1):
        _cause(s, at, number, cause, number in f["a"]["ticked"], number in f["b"]["ticked"])
        at += 23.4
    s.rule(A1, at - 8, B0, at - 8, 0.5, GREY)
    s.label("a.ticked_count", s.text(A1 + 12, at + 7, str(len(f["a"]["ticked"])), font="mono-bold",
                                     size=11, color=INK))
    s.text(middle, at + 6, t["count"], font="narrow", size=8.5, align="centre", same_line=True)
    s.label("b.ticked_count", s.text(B0 - 12, at + 7, str(len(f["b"]["ticked"])),
                                     font="mono-bold", size=11, color=INK, align="right",
                                     same_line=True))


def _cause(s, y, number, cause, on_a, on_b):
    side = 9
    for x, on, name in ((A1 + 8, on_a, "a"), (B0 - 8 - side, on_b, "b")):
        s.box(x, y - side + 1, x + side, y + 1, 0.8)
        if on:
            s.cross(x, y - side + 1, side)
    words = s.text((A1 + B0) / 2, y, f"{number} {cause}", font="sans", size=8.6, align="centre")
    for x, on, name in ((A1 + 8, on_a, "a"), (B0 - 8 - side, on_b, "b")):
        s.label(f"{name}.circumstance.{number}", words, checked=on,
                box=(x, y - side + 1, x + side, y + 1))


def _foot(s, t, f, y):
    s.box(LEFT, y, RIGHT, 730, 0.7, GREY)
    s.text(LEFT + 4, y + 11, t["sketch"], font="sans-bold", size=8.5)
    _sketch(s, y, f["cars"], f["arrow"])
    s.box(LEFT, 730, A1 + 60, 812, 0.7, GREY)
    s.text(LEFT + 4, 741, t["remarks"], font="sans-bold", size=8.5)
    words, _ = s.lines(LEFT + 6, 757, f["remarks"], 14, font="mono", size=8.8, color=INK)
    s.label("remarks", words)
    s.box(A1 + 60, 730, RIGHT, 812, 0.7, GREY)
    s.text(A1 + 64, 741, t["signatures"], font="sans-bold", size=8.5)
    s.scrawl(A1 + 78, 790, 100, 24, f["seeds"][0])
    s.scrawl(B0 + 40, 790, 100, 24, f["seeds"][1])
    s.text(A1 + 66, 807, "A", font="sans-bold", size=9)
    s.text(B0 + 28, 807, "B", font="sans-bold", size=9, same_line=True)


def _sketch(s, y, cars, arrow):
    """A junction, two cars at (x, y) and an arrow at x, pointing left or right."""
    s.rule(90, y + 62, 330, y + 62, 1, INK)
    s.rule(90, y + 110, 505, y + 110, 1, INK)
    s.rule(330, y + 62, 330, y + 14, 1, INK)
    s.rule(386, y + 62, 386, y + 14, 1, INK)
    s.rule(386, y + 62, 505, y + 62, 1, INK)
    for x in [*range(100, 320, 24), *range(396, 500, 24)]:
        s.rule(x, y + 86, x + 12, y + 86, 0.7, GREY)
    for name, (cx, cy) in zip("AB", cars):
        s.box(cx, y + cy, cx + 36, y + cy + 14, 1.1, INK)
        s.text(cx + 18, y + cy + 10, name, font="mono-bold", size=9, color=INK, align="centre")
    x, direction = arrow
    s.rule(x, y + 98, x + 30 * direction, y + 98, 1.2, INK)
    for sign in (4, -4):
        s.rule(x + 30 * direction, y + 98, x + 24 * direction, y + 98 + sign, 1.2, INK)


def mill_road_en():
    return statement(ENGLISH, {
        "date": "18/03/2024", "time": "07:50", "place": "Aldermouth, Mill Road / Orchard Way",
        "injured": False, "damage": False, "witness": "Cordelia Nettleship, 01632 960 871",
        "a": {"holder": {"name": "Quillfeather", "first": "Imogen", "address": "3 Saltbox Lane",
                         "phone": "07700 900 318"},
              "car": {"make": "Calder Finch", "plate": "ZZ21 FQA"},
              "insurer": {"company": "Fernleigh Mutual", "policy": "FM-MOT-2048817"},
              "driver": {"name": "Quillfeather", "first": "Imogen", "licence": "QUILL811094IP"},
              "impact": "rear", "visible": ["Rear bumper, left lamp", "left front wheel"],
              "ticked": {12}},
        "b": {"holder": {"name": "Thistlewood", "first": "Barnaby", "address": "60 Lime Kiln Rd",
                         "phone": "07700 900 652"},
              "car": {"make": "Orme Carrier", "plate": "ZZ18 KLM"},
              "insurer": {"company": "Copperbridge", "policy": "CB 77 104 229"},
              "driver": {"name": "Thistlewood", "first": "Barnaby", "licence": "THIST707213BT"},
              "impact": "front", "visible": ["Front grille cracked"], "ticked": {8}},
        "remarks": ["B: my foot slipped on the pedal.", "A: I was standing still."],
        "cars": [(394, 91), (436, 91)], "arrow": (508, -1), "seeds": (91, 92)})


def marktplatz_de():
    return statement(GERMAN, {
        "date": "09.06.2024", "time": "14:15", "place": "Kleinmoosbach, Marktplatz 2",
        "injured": False, "damage": True, "witness": "Ottilie Brandgasser, 030 23125 333",
        "a": {"holder": {"name": "Federkiel", "first": "Jonas", "address": "Gerbergasse 4",
                         "phone": "030 23125 290"},
              "car": {"make": "Kranich Tourer", "plate": "QX-JF 418"},
              "insurer": {"company": "Halmstein a.G.", "policy": "HV 22-918-4410"},
              "driver": {"name": "Federkiel", "first": "Mathilda", "licence": "Q0184J77X92"},
              "impact": "left", "visible": ["Tür links eingedrückt", "Spiegel abgebrochen"],
              "ticked": {2}},
        "b": {"holder": {"name": "Haberstock", "first": "Korbinian", "address": "Salzspeicher 12",
                         "phone": "030 23125 718"},
              "car": {"make": "Dorn Kombi", "plate": "QX-KH 77"},
              "insurer": {"company": "Wolkenried AG", "policy": "WL 4409-1187"},
              "driver": {"name": "Haberstock", "first": "Korbinian", "licence": "Q0293K11X40"},
              "impact": "front", "visible": ["Stoßfänger vorn", "Blumenkübel beschädigt"],
              "ticked": {7, 11}},
        "remarks": ["A: Ich stand beim Ausparken.", "B: Der Wagen fuhr plötzlich los."],
        "cars": [(252, 102), (196, 90)], "arrow": (156, 1), "seeds": (93, 94)})
