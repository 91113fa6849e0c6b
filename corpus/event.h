// What happened, for machines that follow along: /api/v1/events, webhooks, server-sent events.
// Shaped as CloudEvents 1.0 (docs/formats/events.md). Thin: ids and states, never document text
// or annotation values. Plain values, pure functions, safe from any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

namespace corpus {

// The types. Stable names: consumers switch on them.
namespace event_type {
inline constexpr std::string_view kDocumentUploaded = "glossator.document.uploaded";
inline constexpr std::string_view kDocumentReady = "glossator.document.ready";
inline constexpr std::string_view kDocumentFailed = "glossator.document.failed";
inline constexpr std::string_view kDocumentReread = "glossator.document.reread";
inline constexpr std::string_view kDocumentErased = "glossator.document.erased";
inline constexpr std::string_view kAnnotationsSaved = "glossator.annotations.saved";
inline constexpr std::string_view kLabelsImported = "glossator.labels.imported";
inline constexpr std::string_view kCommentsChanged = "glossator.comments.changed";
inline constexpr std::string_view kReviewMoved = "glossator.review.moved";
inline constexpr std::string_view kRepositoryPushed = "glossator.repository.pushed";
inline constexpr std::string_view kProposalOpened = "glossator.proposal.opened";
inline constexpr std::string_view kProposalUpdated = "glossator.proposal.updated";
inline constexpr std::string_view kProposalAccepted = "glossator.proposal.accepted";
inline constexpr std::string_view kProposalClosed = "glossator.proposal.closed";
inline constexpr std::string_view kSchemaChanged = "glossator.schema.changed";
inline constexpr std::string_view kSplitChanged = "glossator.split.changed";
inline constexpr std::string_view kReleaseCreated = "glossator.release.created";
inline constexpr std::string_view kReleaseWithdrawn = "glossator.release.withdrawn";
inline constexpr std::string_view kExportReady = "glossator.export.ready";
inline constexpr std::string_view kReceiptWritten = "glossator.receipt.written";
inline constexpr std::string_view kJobFailed = "glossator.job.failed";
inline constexpr std::string_view kProjectCreated = "glossator.project.created";
}  // namespace event_type
std::span<const std::string_view> all_event_types();

struct Event {
  std::string id;       // a ULID
  std::string type;     // one of event_type
  std::string subject;  // what it is about: "acme/claims/documents/0f3a...", "acme/claims"
  base::Milliseconds time = 0;
  base::Json data;  // an object, may be empty

  bool operator==(const Event&) const = default;
};

// A new event, now, with an id of its own.
Event make_event(std::string_view type, std::string subject, base::Json data = {});

// The CloudEvents 1.0 JSON envelope. `source` is the server's URL.
base::Json to_json(const Event& event, std::string_view source);
base::Result<Event> event_from_json(const base::Json& json);

}  // namespace corpus
