#include "corpus/schema.h"

namespace corpus {
namespace {

LabelSpec label(std::string name, std::string title, std::string colour, std::string hotkey) {
  LabelSpec out;
  out.name = std::move(name);
  out.title = std::move(title);
  out.colour = std::move(colour);
  out.hotkey = std::move(hotkey);
  return out;
}

AttributeSpec choice(std::string name, std::string title, std::vector<std::string> values) {
  return {std::move(name), std::move(title), AttributeKind::enumeration, std::move(values), false};
}

LabelSpec with(LabelSpec spec, AttributeSpec attribute) {
  spec.attributes.push_back(std::move(attribute));
  return spec;
}

LabelSpec only(LabelSpec spec, std::vector<AnnotationType> types) {
  spec.types = std::move(types);
  return spec;
}

ClassSpec document_class(std::string name, std::string title) {
  ClassSpec out;
  out.name = std::move(name);
  out.title = std::move(title);
  return out;
}

std::vector<LabelSpec> default_labels() {
  const AttributeSpec currency = choice("currency", "Currency", {"EUR", "USD", "GBP", "CHF"});
  const AttributeSpec whose = choice("party", "Whose", {"insured", "claimant", "insurer", "other"});
  const std::vector<AnnotationType> areas = {AnnotationType::box, AnnotationType::polygon};
  return {
      label("header", "Header", "#7a5195", "h"),
      label("question", "Question", "#2f6fb3", "q"),
      label("answer", "Answer", "#2a8c4a", "a"),
      label("claim_number", "Claim number", "#b5651d", "c"),
      label("policy_number", "Policy number", "#8c6d1f", "p"),
      label("invoice_number", "Invoice number", "#a8552e", "v"),
      with(label("date", "Date", "#00798c", "d"),
           choice("kind", "Kind of date", {"issue", "due", "loss", "birth", "signature", "other"})),
      with(label("total", "Total", "#c1272d", "t"), currency),
      with(label("amount", "Amount", "#d1495b", "m"), currency),
      with(label("name", "Name", "#4b5fa8", "n"), whose),
      with(label("address", "Address", "#5b4a9e", "r"), whose),
      label("iban", "IBAN", "#3d7a6e", "b"),
      label("phone", "Telephone", "#557a2b", "f"),
      label("email", "E-mail", "#6b7a2b", "e"),
      label("vehicle", "Vehicle", "#80582b", "k"),
      with(only(label("checkbox", "Tick box", "#444444", "x"), areas),
           {"checked", "Ticked", AttributeKind::boolean, {}, true}),
      only(label("signature", "Signature", "#1f3d7a", "s"), areas),
      only(label("stamp", "Stamp", "#7a1f5c", "w"), areas),
  };
}

std::vector<RelationSpec> default_relations() {
  RelationSpec answers;
  answers.name = "answers";
  answers.title = "Answer to question";
  answers.colour = "#2a8c4a";
  answers.hotkey = "l";
  answers.from = {"question"};
  RelationSpec belongs;
  belongs.name = "belongs_to";
  belongs.title = "Belongs to";
  belongs.colour = "#555555";
  belongs.hotkey = "g";
  return {answers, belongs};
}

std::vector<TableSpec> default_tables() {
  TableSpec positions;
  positions.name = "positions";
  positions.title = "Positions";
  positions.colour = "#946c00";
  positions.columns = {"position", "description", "quantity", "unit_price", "amount"};
  return {positions};
}

}  // namespace

Schema default_schema() {
  Schema out;
  out.labels = default_labels();
  out.relations = default_relations();
  out.tables = default_tables();
  out.classes = {document_class("claim_form", "Claim form"), document_class("invoice", "Invoice"),
                 document_class("letter", "Letter"),
                 document_class("accident_statement", "Accident statement"),
                 document_class("other", "Other")};
  return out;
}

}  // namespace corpus
