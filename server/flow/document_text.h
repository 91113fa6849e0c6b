// What was read leaves as one file: plain text, hOCR, ALTO, or a searchable PDF of the document.
//
//   const TextFile file = TRY(write_text(services, *project, tip, id, corpus::TextFormat::hocr));
//   const TextFile pdf = TRY(write_searchable_pdf(services, *project, tip, id));
//
// As of one revision; the same revision gives the same bytes. The words are those of the reading:
// corrections and labels are annotations, and leave with exports. A document of many pages is
// written page by page into a file without a name.
#pragma once

#include <string>

#include "base/file.h"
#include "corpus/text_format.h"
#include "server/flow/catalog.h"
#include "server/flow/services.h"
#include "vcs/snapshot.h"

namespace server {

struct TextFile {
  base::UniqueFd fd;
  uint64_t size = 0;
  std::string media_type;
  std::string file_name;  // for whoever keeps it: the source's, with another ending
};

// not_found: no such document in the revision.
Result<TextFile> write_text(Services& services, const OpenProject& project,
                            const vcs::Snapshot& tip, const corpus::DocumentId& id,
                            corpus::TextFormat format);

// The source with text laid under it, where the source is a PDF that can be opened; else its page
// images with their text. Waits for a reader.
Result<TextFile> write_searchable_pdf(Services& services, const OpenProject& project,
                                      const vcs::Snapshot& tip, const corpus::DocumentId& id);

}  // namespace server
