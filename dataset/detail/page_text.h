// The words of a page as they should have been read: corrections applied. Private to dataset/.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "corpus/annotation.h"
#include "corpus/geometry.h"
#include "corpus/words.h"

namespace dataset::detail {

class PageText {
 public:
  // The words must outlive the object.
  PageText(const std::vector<corpus::Word>& words,
           const std::vector<const corpus::Annotation*>& annotations);

  const corpus::Word* find(corpus::WordId id) const;
  // The words' texts with blanks between them; words of other pages are left out.
  std::string text_of(const std::vector<corpus::WordId>& ids) const;
  // One box for each line of the page that the words touch, top line first.
  std::vector<corpus::Box> line_boxes(const std::vector<corpus::WordId>& ids) const;

 private:
  std::map<corpus::WordId, const corpus::Word*> words_;
  std::map<corpus::WordId, std::string> corrected_;  // the whole text at the first word, then empty
};

}  // namespace dataset::detail
