// Whether a text has the form that a file at its place must have: the least that is asked of every
// version of every file that people push, so that whoever reads old versions can read all of them.
// Whether it makes sense with the schema and its neighbours is validate.h's to say.
//
//   const Diagnostics problems = check_form(classify(path), path, text);
//
// Pure, safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "corpus/diagnostic.h"
#include "corpus/layout.h"

namespace corpus {

inline constexpr size_t kMaxGuidelineBytes = size_t{1} << 20;

// The text is one that is there: a removed file has no form. Kinds that only the server writes are
// not looked into.
Diagnostics check_form(const PathInfo& info, std::string path, std::string_view text);

}  // namespace corpus
