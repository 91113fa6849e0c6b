#include "storage/label_table.h"

namespace storage {

// Restrictions of columns and ends are names of the schema, and few.
Result<std::string> LabelTable::kept_value(ProjectId project, const corpus::LabelUse& use) {
  if (use.value.empty() || use.shape == corpus::ValueShape::column ||
      use.shape == corpus::ValueShape::end) {
    return use.value;
  }
  const Values attribute = {project, name_of(use.type), use.label, use.attribute};
  Values with_value = attribute;
  with_value.emplace_back(use.value);
  const std::string among =
      "SELECT count(*) FROM label_counts WHERE project_id = ? AND type = ? AND label = ?"
      " AND attribute = ?";
  if (TRY(tx_.query_integer(among + " AND value = ?", with_value)) > 0) return use.value;
  return TRY(tx_.query_integer(among, attribute)) < kMostValues ? use.value : "";
}

Result<void> LabelTable::set_uses(ProjectId project, const corpus::DocumentId& document,
                                  corpus::PageNumber page,
                                  const std::vector<corpus::LabelUse>& uses) {
  const int64_t number = TRY(tx_.query_integer(
      "SELECT coalesce(max(number), 0) FROM documents WHERE project_id = ? AND id = ?",
      {project, document.hex}));
  if (number == 0) return base::Error{base::Code::not_found, "no such document"};
  TRY(tx_.execute("DELETE FROM label_uses WHERE document = ? AND page = ?", {number, page}));
  for (const corpus::LabelUse& use : uses) {
    TRY(
        tx_.execute("INSERT INTO label_uses (document, page, type, label, proposed, attribute,"
                    " shape, value, annotations) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET annotations = annotations + excluded.annotations",
                    {number, page, name_of(use.type), use.label, use.proposed, use.attribute,
                     name_of(use.shape), TRY(kept_value(project, use)), use.annotations}));
  }
  return {};
}

Result<std::vector<corpus::LabelCount>> LabelTable::counts(ProjectId project) {
  std::vector<corpus::LabelCount> out;
  for (const Row& row :
       TRY(tx_.query("SELECT type, label, proposed, attribute, shape, value, annotations, pages"
                     " FROM label_counts WHERE project_id = ?",
                     {project}))) {
    const auto type = corpus::parse_annotation_type(row.text(0));
    const auto shape = corpus::parse_value_shape(row.text(4));
    if (!type || !shape) continue;
    out.push_back(
        {{*type, row.text(1), row.flag(2), row.text(3), *shape, row.text(5), row.integer(6)},
         row.integer(7)});
  }
  return out;
}

Result<std::vector<LabelTable::DocumentLabel>> LabelTable::by_document(ProjectId project) {
  std::vector<DocumentLabel> out;
  for (const Row& row : TRY(tx_.query(
           "SELECT d.id, u.label, sum(u.annotations) FROM label_uses u"
           " JOIN documents d ON d.number = u.document WHERE d.project_id = ? AND u.attribute = ''"
           " AND u.proposed = 0 AND u.label <> '' GROUP BY d.id, u.label",
           {project}))) {
    out.push_back({TRY(corpus::DocumentId::parse(row.text(0))), row.text(1), row.integer(2)});
  }
  return out;
}

Result<std::vector<corpus::DocumentId>> LabelTable::documents_with(ProjectId project,
                                                                   std::string_view label,
                                                                   size_t limit) {
  std::vector<corpus::DocumentId> out;
  for (const Row& row : TRY(tx_.query(
           "SELECT DISTINCT d.id FROM document_labels l JOIN documents d ON d.number = l.document"
           " WHERE l.label = ? AND d.project_id = ? LIMIT ?",
           {label, project, limit}))) {
    out.push_back(TRY(corpus::DocumentId::parse(row.text(0))));
  }
  return out;
}

}  // namespace storage
