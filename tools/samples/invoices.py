"""Invoices, an estimate, a medical bill and a till receipt."""
from .people import DE_IBAN_GARAGE, DE_IBAN_PLUMBER, GB_IBAN_GARAGE
from .sheet import GREY, INK, Sheet


def _pairs(s, x, y, pairs, gap=95, leading=13, size=9):
    """Caption and value beside each other: [(caption, value, label)]"""
    for caption, value, label in pairs:
        key = s.text(x, y, caption, size=size, color=GREY)
        s.label(label, s.text(x + gap, y, value, size=size, same_line=True), key=key)
        y += leading
    return y


def _totals(s, y, rows, right=540, left=370, font="sans"):
    """[(caption, amount, label)]; the last row is the bold one."""
    for index, (caption, amount, label) in enumerate(rows):
        face = font + "-bold" if index == len(rows) - 1 else font
        if index == len(rows) - 1:
            s.rule(left, y - 10, right, y - 10, 0.8)
            y += 3
        key = s.text(left, y, caption, font=face, size=9.5)
        s.label(label, s.text(right - 3, y, amount, font=face, size=9.5, align="right",
                              same_line=True), key=key)
        y += 15
    return y


def _marker(s, names):
    def mark(row, column, words):
        s.label("line." + names[column], words, row=row)
    return mark


def garage_invoice_en():
    s = Sheet()
    s.box(0, 0, 595.3, 74, 0, INK, (0.16, 0.2, 0.27))
    s.label("vendor.name", s.text(56, 40, "Hobbs & Larkspur", font="sans-bold", size=20,
                                  color=(1, 1, 1)))
    s.text(56, 58, "Motor Works - body, paint and mechanical repair", size=9,
           color=(0.85, 0.87, 0.9))
    s.label("vendor.address", s.lines(540, 32, ["Unit 9, Kiln Yard", "Aldermouth ZZ9 5PW",
                                                "01632 960 227"], 11, size=8.5,
                                      color=(1, 1, 1), align="right")[0])
    s.label("title", s.text(56, 112, "INVOICE", font="sans-bold", size=18))
    words, _ = s.lines(56, 140, ["Imogen Quillfeather", "3 Saltbox Lane", "Aldermouth",
                                 "ZZ9 7TR"], 13, size=9.5)
    s.label("customer.address", words)
    _pairs(s, 345, 108, [("Invoice number", "HL-24-0519", "invoice_number"),
                         ("Invoice date", "12 April 2024", "invoice_date"),
                         ("Due", "26 April 2024", "due_date"),
                         ("Registration", "ZZ21 FQA", "vehicle.registration"),
                         ("Your claim", "C-24-118602", "claim_number"),
                         ("VAT number", "GB 999 9999 73", "vendor.vat_id")])
    y = s.table(56, 208, [(46, "left"), (250, "left"), (42, "right"), (70, "right"),
                          (76, "right")], ["Code", "Description", "Qty", "Price", "Amount"], [
        ["B-114", "Rear bumper cover, primed", "1", "312.00", "312.00"],
        ["B-118", "Bumper bracket, left and right", "2", "28.50", "57.00"],
        ["L-022", "Rear lamp, left, complete", "1", "164.90", "164.90"],
        ["P-301", "Paint and lacquer, colour Heron Grey", "1", "238.00", "238.00"],
        ["W-007", "Alloy wheel 16 inch, refurbished", "1", "119.00", "119.00"],
        ["H-001", "Labour, body shop", "7.5", "62.00", "465.00"],
        ["H-002", "Labour, paint shop", "3.0", "68.00", "204.00"],
        ["X-900", "Environmental disposal", "1", "12.10", "12.10"]],
        on_cell=_marker(s, ("code", "description", "quantity", "price", "amount")))
    _totals(s, y + 22, [("Net amount", "£1,572.00", "total.net"),
                        ("VAT 20%", "£314.40", "total.tax"),
                        ("Total due", "£1,886.40", "total.gross")])
    y += 110
    s.text(56, y, "Payment", font="sans-bold", size=10)
    y = _pairs(s, 56, y + 16, [("Account", GB_IBAN_GARAGE, "vendor.iban"),
                               ("Reference", "HL-24-0519 / ZZ21 FQA", "payment_reference")], 70)
    s.paragraph(56, y + 14, 484, (
        "All work carries a guarantee of twelve months or 12,000 miles, whichever comes first."
        " Replaced parts are kept for fourteen days and may be inspected by the insurer."),
        12, size=8.5, color=GREY)
    return [s]


def plumber_invoice_de():
    s = Sheet()
    s.label("vendor.name", s.text(56, 66, "Rohrwerk Anselm Brunnkehr", font="serif-bold",
                                  size=18))
    s.text(56, 82, "Meisterbetrieb für Sanitär, Heizung und Bäder", font="serif-italic", size=10)
    s.label("vendor.address", s.lines(540, 60, ["Mühlgraben 22", "01999 Kleinmoosbach",
                                                "Telefon 030 23125 906",
                                                "Steuernummer 999/888/77766"], 11.5,
                                      font="serif", size=9, align="right")[0])
    s.rule(56, 104, 540, 104, 1.2)
    s.text(56, 138, "Rohrwerk A. Brunnkehr, Mühlgraben 22, 01999 Kleinmoosbach", size=6.5)
    words, _ = s.lines(56, 156, ["Frau", "Henriette Lindwurm", "Seilerstraße 41",
                                 "01999 Kleinmoosbach"], 13.5, font="serif", size=11)
    s.label("customer.address", words)
    s.label("title", s.text(56, 246, "Rechnung", font="serif-bold", size=17))
    _pairs(s, 340, 160, [("Rechnungsnummer", "2024-0387", "invoice_number"),
                         ("Rechnungsdatum", "19.02.2024", "invoice_date"),
                         ("Leistungsdatum", "14.02.2024", "service_date"),
                         ("Kundennummer", "K 10455", "customer_number")], 104, 14)
    _, y = s.paragraph(56, 272, 484, (
        "Sehr geehrte Frau Lindwurm, für die Beseitigung des Rohrbruchs in Ihrem Badezimmer"
        " erlauben wir uns zu berechnen:"), 14, font="serif", size=10.5)
    y = s.table(56, y + 2, [(30, "left"), (252, "left"), (50, "right"), (72, "right"),
                            (80, "right")], ["Pos.", "Bezeichnung", "Menge", "Einzelpreis",
                                             "Betrag"], [
        ["1", "Notdienst-Anfahrt Zone 2", "1", "59,00", "59,00"],
        ["2", "Leckortung mit Feuchtemessgerät", "1", "145,00", "145,00"],
        ["3", "Kupferrohr 18 mm ersetzt, je Meter", "4", "23,80", "95,20"],
        ["4", "Pressfittings und Kleinmaterial", "1", "41,75", "41,75"],
        ["5", "Wandöffnung herstellen und schließen", "1", "180,00", "180,00"],
        ["6", "Arbeitsstunden Geselle", "5,5", "64,00", "352,00"],
        ["7", "Trocknungsgerät, Miete je Tag", "6", "18,50", "111,00"]],
        font="serif", size=10, leading=18,
        on_cell=_marker(s, ("position", "description", "quantity", "price", "amount")))
    y = _totals(s, y + 24, [("Nettobetrag", "983,95 €", "total.net"),
                            ("19 % MwSt.", "186,95 €", "total.tax"),
                            ("Gesamtbetrag", "1.170,90 €", "total.gross")], font="serif")
    _, y = s.paragraph(56, y + 20, 484, (
        "Zahlbar innerhalb von 14 Tagen ohne Abzug. Die Schadenursache war eine korrodierte"
        " Lötstelle hinter der Vorwand. Fotos der Schadenstelle senden wir Ihrer Versicherung"
        " auf Wunsch gern zu."), 14, font="serif", size=10.5)
    s.rule(56, 770, 540, 770, 0.6)
    key = s.text(56, 784, "Bankverbindung", font="serif", size=8.5)
    s.label("vendor.iban", s.text(130, 784, DE_IBAN_PLUMBER, font="serif", size=8.5,
                                  same_line=True), key=key)
    s.text(56, 796, "Erfüllungsort ist Kleinmoosbach. Es gelten unsere allgemeinen Bedingungen.",
           font="serif", size=8.5)
    return [s]


def locksmith_invoice_en():
    """Photographed on a desk."""
    s = Sheet()
    s.label("vendor.name", s.text(297, 76, "TUMBLER & PIN LOCKSMITHS", font="sans-bold", size=20,
                                  align="centre"))
    s.text(297, 94, "Day and night service - 5 Bellfounder Row, Aldermouth ZZ9 1LD", size=10,
           align="centre")
    s.text(297, 108, "Telephone 01632 960 404", size=10, align="centre")
    s.box(56, 124, 540, 150, 1)
    s.label("title", s.text(66, 142, "Invoice", font="sans-bold", size=13))
    key = s.text(330, 142, "Number", size=11, same_line=True)
    s.label("invoice_number", s.text(390, 142, "TP 3318", font="mono-bold", size=13,
                                     same_line=True), key=key)
    y = 178
    for caption, value, label in [("Date", "27 June 2024", "invoice_date"),
                                  ("Customer", "Philippa Marchbanks", "customer.name"),
                                  ("Address", "22 Weaver's Steps, Aldermouth ZZ9 3HK",
                                   "customer.address"),
                                  ("Policy", "FM-HSE-0104478", "policy_number")]:
        key = s.text(60, y, caption, size=11)
        s.label(label, s.text(140, y, value, font="mono", size=11.5, color=INK, same_line=True),
                key=key)
        s.rule(136, y + 4, 540, y + 4, 0.4, GREY)
        y += 24
    y = s.table(56, y + 4, [(290, "left"), (60, "right"), (134, "right")],
                ["Work done", "Qty", "Amount"], [
        ["Call out, night rate", "1", "£85.00"],
        ["Front door: cylinder drilled out", "1", "£60.00"],
        ["Anti-snap cylinder, three keys", "1", "£74.50"],
        ["Door frame repaired and reinforced", "1", "£138.00"],
        ["Window lock, kitchen", "2", "£39.80"]], size=11, leading=24,
        on_cell=_marker(s, ("description", "quantity", "amount")))
    key = s.text(330, y + 32, "TOTAL PAID", font="sans-bold", size=13)
    s.label("total.gross", s.text(537, y + 32, "£397.30", font="sans-bold", size=13,
                                  align="right", same_line=True), key=key)
    _, y = s.paragraph(60, y + 74, 470, (
        "Forced entry through the front door was found. The damage to the frame is consistent"
        " with a crow bar. Crime reference given by the customer: AC/0627/24-0140."), 16,
        size=11.5)
    s.text(60, y + 26, "Paid by card, with thanks.", font="sans-italic", size=11.5)
    s.scrawl(350, y + 40, 130, 26, 41)
    return [s]


def estimate_en():
    """A repair estimate as a picture from a portal."""
    s = Sheet((540, 700))
    s.box(0, 0, 540, 46, 0, INK, (0.93, 0.95, 0.97))
    s.label("vendor.name", s.text(28, 29, "Ravensmoor Glass & Glazing", font="condensed-bold",
                                  size=15))
    s.text(512, 29, "Estimate", font="condensed", size=13, align="right", color=GREY)
    y = _pairs(s, 28, 74, [("Estimate no.", "RG-10266", "estimate_number"),
                           ("Prepared on", "2024-07-03", "estimate_date"),
                           ("Valid until", "2024-08-02", "valid_until"),
                           ("Prepared for", "Philippa Marchbanks", "customer.name"),
                           ("Site", "22 Weaver's Steps, Aldermouth", "customer.address")], 90, 16,
               9.5)
    y = s.table(28, y + 10, [(262, "left"), (60, "right"), (80, "right"), (82, "right")],
                ["Position", "Quantity", "Unit price", "Sum"], [
        ["Toughened pane 6 mm, 820 x 1190", "1", "£148.20", "£148.20"],
        ["Remove broken pane and clean rebate", "1", "£45.00", "£45.00"],
        ["Fit pane, silicone seal", "1", "£96.00", "£96.00"],
        ["Temporary boarding on 27 June", "1", "£70.00", "£70.00"]], font="condensed", size=9,
        leading=20, on_cell=_marker(s, ("description", "quantity", "price", "amount")))
    _totals(s, y + 26, [("Subtotal", "£359.20", "total.net"), ("VAT 20%", "£71.84", "total.tax"),
                        ("Estimate total", "£431.04", "total.gross")], 512, 350, "condensed")
    _, y = s.paragraph(28, y + 110, 484, (
        "This estimate is not an invoice. Prices hold if the work is ordered within thirty days."
        " Glass is cut to measure and cannot be returned. Please have the insurer confirm cover"
        " before the pane is cut."), 14, font="condensed", size=9)
    s.text(28, y + 20, "Estimated by Ansel Ravensmoor, 01632 960 733", font="condensed", size=9)
    return [s]


def medical_bill_de():
    s = Sheet()
    s.label("vendor.name", s.text(56, 62, "Dr. med. dent. Adelheid Sonnfried", font="serif-bold",
                                  size=15))
    s.text(56, 77, "Zahnärztin", font="serif", size=10.5)
    s.label("vendor.address", s.lines(540, 58, ["Apothekerplatz 3", "01999 Kleinmoosbach",
                                                "030 23125 655"], 12, font="serif", size=9.5,
                                      align="right")[0])
    words, _ = s.lines(56, 140, ["Herrn", "Korbinian Haberstock", "Am Salzspeicher 12",
                                 "01999 Kleinmoosbach"], 14, font="serif", size=11)
    s.label("customer.address", words)
    s.label("title", s.text(56, 232, "Liquidation", font="serif-bold", size=16))
    _pairs(s, 340, 150, [("Rechnung", "Z-5120/24", "invoice_number"),
                         ("Datum", "08.04.2024", "invoice_date"),
                         ("Patient", "Korbinian Haberstock", "patient.name"),
                         ("geboren", "30.07.1979", "patient.birth_date")], 70, 14, 9.5)
    _, y = s.paragraph(56, 256, 484, (
        "Für meine ärztlichen Bemühungen in der Zeit vom 11.03.2024 bis 02.04.2024 berechne ich"
        " gemäß Gebührenordnung:"), 14, font="serif", size=10.5)
    y = s.table(56, y + 2, [(58, "left"), (40, "left"), (36, "left"), (212, "left"),
                            (54, "right"), (84, "right")],
                ["Datum", "Zahn", "Ziffer", "Leistung", "Faktor", "Betrag EUR"], [
        ["11.03.24", "", "0010", "Eingehende Untersuchung", "2,3", "12,94"],
        ["11.03.24", "36", "0090", "Infiltrationsanästhesie", "2,3", "7,76"],
        ["11.03.24", "36", "2410", "Aufbereitung Wurzelkanal", "3,5", "77,17"],
        ["18.03.24", "36", "2440", "Füllung des Wurzelkanals", "2,3", "33,37"],
        ["02.04.24", "36", "2210", "Vollkrone, Hohlkehlpräparation", "2,3", "217,06"],
        ["02.04.24", "36", "", "Laborkosten nach Beleg", "", "284,15"]],
        font="serif", size=10, leading=18,
        on_cell=_marker(s, ("date", "tooth", "code", "description", "factor", "amount")))
    key = s.text(340, y + 28, "Rechnungsbetrag", font="serif-bold", size=11)
    s.label("total.gross", s.text(537, y + 28, "632,45", font="serif-bold", size=11,
                                  align="right", same_line=True), key=key)
    _, y = s.paragraph(56, y + 66, 484, (
        "Bitte überweisen Sie den Betrag innerhalb von dreißig Tagen unter Angabe der"
        " Rechnungsnummer. Zur Erstattung reichen Sie bitte diese Rechnung bei Ihrer"
        " Krankenversicherung ein."), 14, font="serif", size=10.5)
    key = s.text(56, y + 20, "IBAN", font="serif", size=10.5)
    s.label("vendor.iban", s.text(96, y + 20, DE_IBAN_GARAGE, font="serif", size=10.5,
                                  same_line=True), key=key)
    s.scrawl(60, y + 78, 120, 24, 53)
    s.text(56, y + 96, "Dr. A. Sonnfried", font="serif", size=10.5)
    return [s]


def receipt_de():
    """A long till slip from a hardware shop."""
    s = Sheet((226, 470))
    s.label("vendor.name", s.text(113, 34, "BAUHOF SCHNIPPEL", font="mono-bold", size=14,
                                  align="centre"))
    s.lines(113, 50, ["Industriestr. 5", "01999 Kleinmoosbach", "Tel. 030 23125 078"], 12,
            font="mono", size=9, align="centre")
    date = s.text(14, 98, "17.02.2024 10:42", font="mono", size=9)
    s.label("invoice_date", date[:1])
    key = s.text(212, 98, "Bon 48213", font="mono", size=9, align="right", same_line=True)
    s.label("receipt_number", key[1:], key=key[:1])
    s.rule(14, 106, 212, 106, 0.8)
    y = 122
    for row, (name, amount) in enumerate([
            ("Bautrockner Filter", "24,90"), ("Abdeckvlies 5 x 2 m", "11,49"),
            ("Innenfarbe weiß 10 l", "38,99"), ("Farbroller Set", "9,95"),
            ("Spachtelmasse 5 kg", "13,79"), ("Kreppband 50 m", "4,29"),
            ("Eimer 12 l", "3,50")]):
        s.label("line.description", s.text(14, y, name, font="mono", size=9.5), row=row)
        s.label("line.amount", s.text(212, y, amount, font="mono", size=9.5, align="right",
                                      same_line=True), row=row)
        y += 17
    s.rule(14, y - 6, 212, y - 6, 0.8)
    key = s.text(14, y + 14, "SUMME EUR", font="mono-bold", size=12)
    s.label("total.gross", s.text(212, y + 14, "106,91", font="mono-bold", size=12,
                                  align="right", same_line=True), key=key)
    y += 36
    for caption, amount in [("Netto", "89,84"), ("MwSt. 19 %", "17,07"),
                            ("EC-Karte", "106,91")]:
        s.text(14, y, caption, font="mono", size=9.5)
        s.text(212, y, amount, font="mono", size=9.5, align="right", same_line=True)
        y += 15
    s.lines(113, y + 22, ["Umtausch innerhalb von", "14 Tagen mit Kassenbon.",
                          "Vielen Dank für Ihren Einkauf!"], 13, font="mono", size=9,
            align="centre")
    return [s]
