#include "storage/overview_table.h"

#include "base/random.h"

namespace storage {

std::string_view name_of(Deed deed) {
  switch (deed) {
    case Deed::uploaded:
      return "uploaded";
    case Deed::saved:
      return "saved";
    case Deed::pushed:
      return "pushed";
    case Deed::submitted:
      return "submitted";
    case Deed::accepted:
      return "accepted";
    case Deed::rejected:
      return "rejected";
  }
  return "saved";
}

Result<std::vector<Standing>> OverviewTable::documents(ProjectId project) {
  std::vector<Standing> out;
  for (const Row& row :
       TRY(tx_.query("SELECT state, review_state, failure_code, documents FROM document_counts"
                     " WHERE project_id = ? AND documents > 0",
                     {project}))) {
    const auto state = parse_document_state(row.text(0));
    if (state) out.push_back({*state, row.text(1), row.text(2), row.integer(3)});
  }
  return out;
}

Result<std::vector<PageStanding>> OverviewTable::pages(ProjectId project) {
  std::vector<PageStanding> out;
  for (const Row& row : TRY(tx_.query("SELECT quality, twentieth, pages FROM page_counts"
                                      " WHERE project_id = ? AND pages > 0",
                                      {project}))) {
    out.push_back({row.text(0), static_cast<int>(row.integer(1)), row.integer(2)});
  }
  return out;
}

Result<void> OverviewTable::note(ProjectId project, UserId user, Deed deed, base::Milliseconds now,
                                 int64_t amount) {
  TRY(
      tx_.execute("INSERT INTO activity (project_id, day, user_id, kind, amount)"
                  " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + ?",
                  {project, now / kMillisecondsOfDay, user.value, name_of(deed), amount, amount}));
  return {};
}

Result<std::vector<Activity>> OverviewTable::activity(ProjectId project, int64_t from_day) {
  std::vector<Activity> out;
  for (const Row& row :
       TRY(tx_.query("SELECT a.day, a.user_id, coalesce(u.name, ''), a.kind, a.amount"
                     " FROM activity a LEFT JOIN users u ON u.id = a.user_id"
                     " WHERE a.project_id = ? AND a.day >= ? ORDER BY a.day, a.user_id, a.kind",
                     {project, from_day}))) {
    out.push_back({row.integer(0), row.id<UserId>(1), row.text(2), row.text(3), row.integer(4)});
  }
  return out;
}

// The place within a ten is drawn when the ten begins, and kept with the row of the draw.
Result<void> OverviewTable::draw_sample(ProjectId project, const corpus::DocumentId& document,
                                        UserId submitter) {
  const auto drawn = TRY(tx_.query_first(
      "SELECT submitted, place FROM sample_draws WHERE project_id = ? AND user_id = ?",
      {project, submitter.value}));
  const int64_t submitted = drawn ? drawn->integer(0) : 0;
  const bool begins = submitted % kSampledOneOf == 0;
  const int64_t place = begins ? base::random_bytes(1).front() % kSampledOneOf : drawn->integer(1);
  TRY(
      tx_.execute("INSERT INTO sample_draws (project_id, user_id, submitted, place)"
                  " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET submitted = excluded.submitted,"
                  " place = excluded.place",
                  {project, submitter.value, submitted + 1, place}));
  if (submitted % kSampledOneOf != place) return {};
  TRY(
      tx_.execute("INSERT INTO review_samples (project_id, document_id) VALUES (?, ?)"
                  " ON CONFLICT DO NOTHING",
                  {project, document.hex}));
  return {};
}

}  // namespace storage
