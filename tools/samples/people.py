"""Invented people, firms and places. Telephone numbers come from the ranges that regulators keep
for fiction, mail goes to example.org, and bank codes are ones that no bank has."""


def iban(country, account):
    """An IBAN with right check digits, in groups of four."""
    digits = "".join(str(int(c, 36)) for c in account + country + "00")
    plain = f"{country}{98 - int(digits) % 97:02d}{account}"
    return " ".join(plain[i:i + 4] for i in range(0, len(plain), 4))


class Insurer:
    def __init__(self, name, tag, lines, color):
        self.name, self.tag, self.lines, self.color = name, tag, lines, color


FERNLEIGH = Insurer(
    "Fernleigh Mutual", "Insurance Society Limited",
    ["Fernleigh House, 14 Tannery Quay", "Aldermouth ZZ9 4QX", "Claims line 01632 960 144",
     "claims@fernleigh.example.org"], (0.05, 0.33, 0.36))

HALMSTEIN = Insurer(
    "Halmstein", "Versicherung a.G.",
    ["Am Stellwerk 7", "01999 Kleinmoosbach", "Schadenservice 030 23125 440",
     "schaden@halmstein.example.org"], (0.48, 0.1, 0.16))

DE_IBAN_GARAGE = iban("DE", "999900000417220618")
DE_IBAN_PLUMBER = iban("DE", "999900000062204471")
DE_IBAN_CLAIMANT = iban("DE", "999900000770081294")
GB_IBAN_GARAGE = iban("GB", "ZZZZ99990041882736")


def letterhead(sheet, insurer, x=56, y=52):
    """The insurer's mark at the left, its address at the right."""
    sheet.box(x, y - 15, x + 20, y + 5, 0, insurer.color, insurer.color)
    sheet.disc(x + 10, y - 5, 6, (1, 1, 1))
    sheet.disc(x + 13, y - 7, 4.5, insurer.color)
    sheet.text(x + 28, y - 3, insurer.name, font="book-bold", size=15, color=insurer.color)
    sheet.text(x + 28, y + 8, insurer.tag, font="sans", size=8)
    sheet.lines(540, y - 10, insurer.lines, 10, size=7.5, align="right")
    sheet.rule(x, y + 28, 540, y + 28, 1, insurer.color)
