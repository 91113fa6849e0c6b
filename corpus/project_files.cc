#include "corpus/project_files.h"

#include "corpus/layout.h"

namespace corpus {
namespace {

// Line endings as the server writes them on every system; annotation files merge by id.
constexpr std::string_view kGitAttributes =
    "* text=auto eol=lf\n"
    "*.annotations.jsonl text eol=lf merge=glossator\n"
    "annotations.jsonl   text eol=lf merge=glossator\n"
    "comments.jsonl      text eol=lf merge=glossator\n"
    "review.json         text eol=lf merge=glossator\n"
    "schema.json         text eol=lf merge=glossator\n";

constexpr std::string_view kLfsAttributes = "attachments/** filter=lfs diff=lfs merge=lfs -text\n";

// What `dvc pull` puts beside its pointers.
constexpr std::string_view kGitIgnore =
    "documents/**/source.*\n"
    "!documents/**/source.*.dvc\n"
    "documents/**/images/\n";

constexpr std::string_view kDvcGitIgnore = "/config.local\n/tmp\n/cache\n";

constexpr std::string_view kDvcIgnore =
    "# Patterns of files that dvc leaves alone, as in .gitignore.\n";

constexpr std::string_view kGuidelines =
    "# How to label\n"
    "\n"
    "Write down here what every annotator must decide alike. Each release names the version of\n"
    "these pages that was in force.\n"
    "\n"
    "- A label covers whole words, without the punctuation around them.\n"
    "- `question` is what the form asks, `answer` what somebody filled in; a relation `answers`\n"
    "  leads from the question to its answer.\n"
    "- `total` is the amount to be paid. Every other sum of money is an `amount`.\n"
    "- A misread word gets a `correction`; the words themselves stay as they were read.\n"
    "- Who is not sure leaves a comment instead of a guess.\n";

constexpr std::string_view kReadme = R"(# @NAME@

Documents and their labels, kept by [Glossator](@WEB@). Everything here is plain text: each label
is one line, so `git diff` shows what changed and `git blame` shows who drew a box.

    glossator.json                 what this repository is
    schema.json                    labels, attributes, relations, tables, document classes
    guidelines/                    how to label
    documents/@FAN@/<document id>/
        document.json              the file, where it came from, its pages
        source.*.dvc, images.dvc   pointers to the bytes
        pages/0001.words.tsv       the words of page 1 with their boxes
        pages/0001.annotations.jsonl  the labels of page 1, one a line
        annotations.jsonl          labels of the document as a whole
        comments.jsonl             the discussion
        review.json                new, in_progress, submitted, accepted or rejected
    splits/                        how documents fall into train, test, ...

## Label with git

    git clone @CLONE@
    git config merge.glossator.name "Glossator annotations"
    git config merge.glossator.driver "glossator merge-driver %O %A %B %P"

The second and third lines, once in the clone, let `git pull` merge by annotation instead of by
line. Add lines to `pages/NNNN.annotations.jsonl` with ids of your own:

    {"id":"01JD8Z6V5N0M3K4H7Q9R2S1T0W","type":"span","label":"total","words":[17,18]}

`words` are ids of the page's `.words.tsv`. Commit with an address that belongs to your account
and push: the server checks every changed line and answers with file, line and column. You may
change annotations and comments, move `review.json` along as your role allows and, as manager or
scientist, edit `schema.json`, `guidelines/` and `splits/`. Everything else is the server's.

## Fetch the bytes

    dvc remote modify --local glossator password "Bearer YOUR_TOKEN"
    dvc pull documents/.../images.dvc

For training take a release, not this repository: see @WEB@.
)";

std::string replaced(std::string text, std::string_view name, std::string_view value) {
  for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size()) {
    text.replace(at, name.size(), value);
  }
  return text;
}

// "a/b/c/d": a placeholder for each level.
std::string fan_out_example(const FanOut& fan_out) {
  std::string out;
  char letter = 'a';
  for (const uint8_t digits : fan_out.digits) {
    if (!out.empty()) out += '/';
    for (uint8_t i = 0; i < digits; ++i) out += letter++;
  }
  return out.empty() ? "." : out;
}

std::string readme(const ProjectConfig& config, const ProjectUrls& urls) {
  std::string out(kReadme);
  out = replaced(std::move(out), "@NAME@", config.name);
  out = replaced(std::move(out), "@WEB@", urls.web);
  out = replaced(std::move(out), "@CLONE@", urls.clone);
  return replaced(std::move(out), "@FAN@", fan_out_example(config.fan_out));
}

}  // namespace

std::string dvc_config(std::string_view remote_url) {
  return "[core]\n"
         "    remote = glossator\n"
         "['remote \"glossator\"']\n"
         "    url = " +
         std::string(remote_url) +
         "\n"
         "    method = PUT\n"
         "    auth = custom\n"
         "    custom_auth_header = Authorization\n";
}

std::string git_attributes(bool git_lfs) {
  return std::string(kGitAttributes) + std::string(git_lfs ? kLfsAttributes : "");
}

std::map<std::string, std::string> initial_files(const ProjectConfig& config, const Schema& schema,
                                                 const ProjectUrls& urls) {
  return {
      {std::string(kConfigPath), print_config(config)},
      {std::string(kSchemaPath), print_schema(schema)},
      {"guidelines/README.md", std::string(kGuidelines)},
      {".dvc/config", dvc_config(urls.dvc)},
      {".dvc/.gitignore", std::string(kDvcGitIgnore)},
      {".dvcignore", std::string(kDvcIgnore)},
      {std::string(kGitAttributesPath), git_attributes(false)},
      {".gitignore", std::string(kGitIgnore)},
      {"README.md", readme(config, urls)},
  };
}

}  // namespace corpus
