// rapidcheck generators of corpus values: every one is well-formed, ids come from a small pool so
// that independent changes meet.
//
//   const auto base = *test::annotation_list();
//   const auto ours = *test::edited(base);      // some removed, some changed, some added
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <string>
#include <vector>

#include "corpus/annotation.h"
#include "corpus/comments.h"
#include "corpus/schema.h"
#include "corpus/words.h"

namespace test {

// The nth id of the pool; sorts by n.
inline std::string ulid(int n) {
  constexpr char kDigits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string out = "01JD8Z6V5N0M3K4H7Q9R2S1T00";
  out[24] = kDigits[n / 32 % 32];
  out[25] = kDigits[n % 32];
  return out;
}

inline rc::Gen<std::string> any_text() {
  // Quotes, escapes, blanks, composed letters, and letters beyond the first plane.
  return rc::gen::element<std::string>("total", "12.50", "a \"quoted\" word", "tab\tand\nline",
                                       "back\\slash", "Grüße", "東京", "𝄞", "\x01", "x");
}

inline rc::Gen<std::string> any_label() {
  return rc::gen::element<std::string>("total", "date", "name", "amount");
}

inline rc::Gen<corpus::AnnotationId> any_id() {
  return rc::gen::map(rc::gen::inRange(0, 12), [](int n) { return corpus::AnnotationId{ulid(n)}; });
}

inline rc::Gen<corpus::Box> any_box() {
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, 90), rc::gen::inRange(0, 90),
                                     rc::gen::inRange(1, 10), rc::gen::inRange(1, 10)),
                      [](const auto& t) {
                        const auto [x, y, w, h] = t;
                        return corpus::Box{x, y, x + w, y + h};
                      });
}

// Word ids, none twice; at least `least`.
inline rc::Gen<std::vector<corpus::WordId>> any_words(size_t least = 0) {
  return rc::gen::map(
      rc::gen::pair(rc::gen::inRange<uint32_t>(1, 20), rc::gen::inRange<size_t>(least, 4)),
      [](const auto& p) {
        std::vector<corpus::WordId> out;
        for (size_t i = 0; i < p.second; ++i) out.push_back(p.first + static_cast<uint32_t>(i));
        return out;
      });
}

template <typename T>
std::optional<T> maybe(const rc::Gen<T>& gen) {
  if (*rc::gen::arbitrary<bool>()) return *gen;
  return std::nullopt;
}

inline base::Json any_attribute_value() {
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      return base::Json(*any_text());
    case 1:
      return base::Json(*rc::gen::inRange(-5, 5));
    default:
      return base::Json(*rc::gen::arbitrary<bool>());
  }
}

inline corpus::JsonMap any_attributes() {
  corpus::JsonMap out;
  for (const char* name : {"currency", "kind", "checked"}) {
    if (*rc::gen::arbitrary<bool>()) out[name] = any_attribute_value();
  }
  return out;
}

inline std::vector<corpus::TableLine> any_table_lines() {
  std::vector<corpus::TableLine> out(*rc::gen::inRange<size_t>(1, 3));
  for (auto& line : out) {
    line.label = *any_label();
    line.words = *any_words();
    line.box = maybe(any_box());
  }
  return out;
}

// What the type needs, and now and then what it may have.
inline void give_shape(corpus::Annotation& a) {
  using T = corpus::AnnotationType;
  const T type = a.type;
  if (type != T::correction) a.label = *any_label();
  if (type == T::span || type == T::correction) a.words = *any_words(1);
  if (type == T::box || (type == T::span && *rc::gen::arbitrary<bool>())) a.box = *any_box();
  if (type == T::polygon) a.polygon = {{1, 1}, {*rc::gen::inRange(2, 50), 1}, {1, 9}};
  if (type == T::span || type == T::value) a.text = maybe(any_text());
  if (type == T::table) a.rows = any_table_lines();
  if (type == T::table && *rc::gen::arbitrary<bool>()) a.columns = any_table_lines();
  if (type == T::relation) {
    a.from = *any_id();
    a.to = *any_id();
  }
  if (type == T::correction && *rc::gen::arbitrary<bool>()) {
    a.replacements = {{*any_text(), *any_box()}};
  }
}

inline void give_provenance(corpus::Annotation& a) {
  if (*rc::gen::inRange(0, 3) == 0) {
    a.origin = corpus::Origin{"form-reader", *any_label()};
    a.confidence = *rc::gen::inRange(0, 1001);
    a.proposed = *rc::gen::arbitrary<bool>();
  }
  if (*rc::gen::inRange(0, 3) == 0) {
    a.review = corpus::AnnotationReview{corpus::Verdict::rejected, *any_text()};
  }
  if (*rc::gen::inRange(0, 4) == 0) {
    a.anchor =
        corpus::Anchor{*any_text(), "", *any_text(), maybe(any_box()), corpus::AnchorStatus::moved};
  }
  if (*rc::gen::inRange(0, 3) == 0) {
    a.extra["x-tool"] =
        base::Json::object({{"a", *any_text()}, {"b", base::Json::array({1, nullptr})}});
  }
}

inline rc::Gen<corpus::Annotation> any_annotation() {
  return rc::gen::exec([] {
    corpus::Annotation out;
    out.id = *any_id();
    const auto types = corpus::all_annotation_types();
    out.type = types[*rc::gen::inRange<size_t>(0, types.size())];
    give_shape(out);
    out.attributes = any_attributes();
    give_provenance(out);
    return out;
  });
}

template <typename Entry>
void keep_one_of_each_id(std::vector<Entry>& entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.id < b.id; });
  entries.erase(std::unique(entries.begin(), entries.end(),
                            [](const Entry& a, const Entry& b) { return a.id == b.id; }),
                entries.end());
}

// Sorted by id, none twice.
inline rc::Gen<std::vector<corpus::Annotation>> annotation_list() {
  return rc::gen::map(rc::gen::container<std::vector<corpus::Annotation>>(any_annotation()),
                      [](std::vector<corpus::Annotation> all) {
                        keep_one_of_each_id(all);
                        return all;
                      });
}

// One field of it changed, so that two edits of one annotation often merge and sometimes clash.
inline void edit(corpus::Annotation& a) {
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      a.attributes = any_attributes();
      break;
    case 1:
      a.review = corpus::AnnotationReview{corpus::Verdict::accepted, *any_text()};
      break;
    case 2:
      a.extra["x-note"] = base::Json(*any_text());
      break;
    case 3:
      if (!a.words.empty()) a.words = *any_words(1);
      break;
    case 4:
      if (a.type != corpus::AnnotationType::correction) a.label = *any_label();
      break;
    default: {
      const auto other = *any_annotation();
      const auto id = a.id;
      a = other;
      a.id = id;
    }
  }
}

// What somebody made of the list.
inline rc::Gen<std::vector<corpus::Annotation>> edited(std::vector<corpus::Annotation> base) {
  return rc::gen::exec([base = std::move(base)] {
    std::vector<corpus::Annotation> out;
    for (corpus::Annotation a : base) {
      const int fate = *rc::gen::inRange(0, 6);
      if (fate == 0) continue;
      if (fate <= 2) edit(a);
      out.push_back(std::move(a));
    }
    const auto added = *annotation_list();
    out.insert(out.end(), added.begin(), added.end());
    keep_one_of_each_id(out);
    return out;
  });
}

inline rc::Gen<std::vector<corpus::Word>> word_list() {
  return rc::gen::exec([] {
    std::vector<corpus::Word> out(*rc::gen::inRange<size_t>(0, 12));
    corpus::WordId id = 0;
    for (corpus::Word& word : out) {
      id += *rc::gen::inRange<uint32_t>(1, 4);
      word = {id,         *rc::gen::inRange<uint32_t>(0, 3), *rc::gen::inRange<uint32_t>(0, 5),
              *any_box(), *rc::gen::inRange(0, 1001),        *any_text()};
    }
    return out;
  });
}

inline rc::Gen<std::vector<corpus::Comment>> comment_list() {
  return rc::gen::exec([] {
    std::vector<corpus::Comment> out(*rc::gen::inRange<size_t>(0, 6));
    for (corpus::Comment& comment : out) {
      comment.id = {ulid(*rc::gen::inRange(0, 12))};
      if (*rc::gen::arbitrary<bool>())
        comment.annotation = *any_id();
      else
        comment.page = maybe(rc::gen::inRange<corpus::PageNumber>(1, 9));
      comment.author = "ada@example.org";
      comment.at = 1'700'000'000'000 + *rc::gen::inRange(0, 3'000);
      comment.text = *any_text();
      comment.resolved = *rc::gen::arbitrary<bool>();
    }
    keep_one_of_each_id(out);
    return out;
  });
}

}  // namespace test

namespace corpus {
// Failures print the line instead of bytes of memory.
inline void showValue(const Annotation& a, std::ostream& out) {
  out << print_annotation(a);
}
}  // namespace corpus
