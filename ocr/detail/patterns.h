// What the form of words says about how they were read: a number whose check digits are right, a
// date that exists, an amount. Confidence rises where a form is kept; no text is ever changed, and
// nothing is doubted for its form. (Words of the dictionary are the line reader's own matter.)
//
//   believe(words);
//
// By Bayes: the odds that a word is right are multiplied by how many times as often right readings
// have this form as wrong ones (bench/README.md, "ocr").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/words.h"

namespace ocr::detail {

// `words` of one page, in reading order.
void believe(std::vector<corpus::Word>& words);

// 31.12.2024, 31/12/24, 12/31/2024, 2024-12-31: one that the calendar has.
bool is_date(std::string_view text);
// 23:59, 23:59:59.
bool is_time(std::string_view text);
// 7.50, $1,234.50, 1.234,50 €, (12.00): its decimal mark; nothing: no amount with two decimals.
std::optional<char> decimal_mark_of(std::string_view text);
// Without blanks. ISO 13616: the length that the country's numbers have, and check digits by ISO
// 7064.
bool is_iban(std::string_view text);
// Without blanks. VAT numbers of Austria, Belgium, Germany and Italy with right check digits, as
// the European Commission's VIES describes them.
bool is_vat_id(std::string_view text);

}  // namespace ocr::detail
