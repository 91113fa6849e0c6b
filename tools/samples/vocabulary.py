"""From the fields of the sample documents to the few labels that a project would have.

A form knows `insured.phone` and `garage.estimate`; a schema knows `contact` and `amount`. The truth
names both: `field` is the exact one.
"""

# label -> (title, colour, hotkey, what its fields end in)
LABELS = {
    "title": ("Title", "#6b7280", "t", ["title"]),
    "subject": ("Subject", "#6b7280", "s", ["subject"]),
    "name": ("Person", "#2563eb", "n",
             ["name", "surname", "first_names", "first", "account_holder", "handler", "witness"]),
    "organisation": ("Organisation", "#1d4ed8", "o",
                     ["vendor.name", "garage.name", "insurer", "company", "station"]),
    "address": ("Address", "#0891b2", "a",
                ["address", "postcode", "street", "city", "name_address"]),
    "contact": ("Telephone or mail", "#0e7490", "c", ["phone", "email"]),
    "date": ("Date", "#7c3aed", "d",
             ["date", "birth_date", "invoice_date", "due_date", "estimate_date", "letter_date",
              "received_date", "service_date", "valid_until", "discovered", "begin", "end",
              "first_registration", "place_date", "bought"]),
    "time": ("Time", "#8b5cf6", "h", ["time"]),
    "place": ("Place", "#0d9488", "p", ["place"]),
    "policy_number": ("Policy number", "#c2410c", "y", ["policy_number", "policy"]),
    "claim_number": ("Claim number", "#b91c1c", "m", ["claim_number"]),
    "document_number": ("Number of the document", "#a16207", "u",
                        ["invoice_number", "receipt_number", "estimate_number",
                         "customer_number"]),
    "reference": ("Reference", "#a16207", "r",
                  ["reference", "payment_reference", "vat_id", "licence"]),
    "vehicle": ("Vehicle", "#4d7c0f", "v", ["vehicle", "model", "make", "mileage", "vin"]),
    "registration": ("Registration", "#3f6212", "g", ["registration", "plate"]),
    "description": ("Description", "#be185d", "x",
                    ["description", "visible_damage", "remarks", "payment"]),
    "item": ("Item", "#db2777", "i",
             ["item.name", "line.description", "code", "position", "tooth", "risk"]),
    "quantity": ("Quantity", "#9333ea", "q", ["quantity", "factor", "age", "ticked_count"]),
    "amount": ("Amount", "#15803d", "e",
               ["amount", "price", "cost", "estimate", "sum", "excess", "premium"]),
    "total": ("Total", "#166534", "l", ["total", "gross", "net", "tax"]),
    "iban": ("Bank account", "#065f46", "b", ["iban"]),
    "checkbox": ("Tick box", "#ea580c", "k", []),
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
