"""From the fields of the sample documents to the few labels that a project would have.

A form knows `insured.phone` and `garage.estimate`; a schema knows `phone` and `amount`. The truth
names both: `field` is the exact one.
"""

# label -> (title, colour, hotkey, what its fields end in)
LABELS = {
    "header": ("Header", "#7a5195", "h", ["title", "subject"]),
    "name": ("Person", "#4b5fa8", "n",
             ["name", "surname", "first_names", "first", "account_holder", "handler", "witness"]),
    "organisation": ("Organisation", "#2f6fb3", "o",
                     ["vendor.name", "garage.name", "insurer", "company", "station"]),
    "address": ("Address", "#5b4a9e", "r",
                ["address", "postcode", "street", "city", "name_address"]),
    "phone": ("Telephone", "#557a2b", "f", ["phone"]),
    "email": ("E-mail", "#6b7a2b", "e", ["email"]),
    "date": ("Date", "#00798c", "d",
             ["date", "birth_date", "invoice_date", "due_date", "estimate_date", "letter_date",
              "received_date", "service_date", "valid_until", "discovered", "begin", "end",
              "first_registration", "place_date", "bought"]),
    "time": ("Time", "#1b6f7a", "z", ["time"]),
    "place": ("Place", "#2a7f62", "w", ["place"]),
    "policy_number": ("Policy number", "#8c6d1f", "p", ["policy_number", "policy"]),
    "claim_number": ("Claim number", "#b5651d", "c", ["claim_number"]),
    "invoice_number": ("Number of an invoice, a receipt, an estimate", "#a8552e", "v",
                       ["invoice_number", "receipt_number", "estimate_number",
                        "customer_number"]),
    "reference": ("Reference", "#7d5a1b", "u",
                  ["reference", "payment_reference", "vat_id", "licence"]),
    "vehicle": ("Vehicle", "#80582b", "k", ["vehicle", "model", "make", "mileage", "vin"]),
    "registration": ("Registration", "#5d6b22", "g", ["registration", "plate"]),
    "description": ("Description", "#9c3d6e", "s",
                    ["description", "visible_damage", "remarks", "payment"]),
    "item": ("Item", "#a13d8f", "i",
             ["item.name", "line.description", "code", "position", "tooth", "risk"]),
    "quantity": ("Quantity", "#6a4fb0", "q", ["quantity", "factor", "age", "ticked_count"]),
    "amount": ("Amount", "#d1495b", "m",
               ["amount", "price", "cost", "estimate", "sum", "excess", "premium"]),
    "total": ("Total", "#c1272d", "t", ["total", "gross", "net", "tax"]),
    "iban": ("IBAN", "#3d7a6e", "b", ["iban"]),
    "checkbox": ("Tick box", "#444444", "x", []),
}

CLASSES = {"claim_form": "Claim form", "accident_statement": "Accident statement",
           "invoice": "Invoice", "estimate": "Estimate", "receipt": "Receipt",
           "letter": "Letter", "policy": "Policy"}

_ENDINGS = {ending: label for label, (_, _, _, endings) in LABELS.items() for ending in endings}


def label_of(field, is_tick_box):
    """The longest ending of the field that a label knows."""
    if is_tick_box:
        return "checkbox"
    parts = field.split(".")
    for start in range(len(parts)):
        label = _ENDINGS.get(".".join(parts[start:]))
        if label:
            return label
    raise ValueError(f"no label for the field {field}")


def schema():
    """schema.json of a project for these documents."""
    checked = {"name": "checked", "title": "Ticked", "kind": "boolean", "required": True}
    labels = []
    for name, (title, colour, hotkey, _) in LABELS.items():
        label = {"name": name, "title": title, "colour": colour, "hotkey": hotkey,
                 "types": ["box"] if name == "checkbox" else ["span"],
                 "attributes": [{"name": "field", "title": "Field", "kind": "string"}]}
        if name == "checkbox":
            label["attributes"].append(checked)
        labels.append(label)
    relations = [{"name": "caption_of", "title": "is the caption of"}]
    classes = [{"name": name, "title": title} for name, title in CLASSES.items()]
    return {"labels": labels, "relations": relations, "tables": [], "classes": classes}
