#include "storage/document_table.h"

#include "storage/assignment_table.h"
#include "tests/storage/store_fixture.h"

namespace storage {
namespace {

using base::Code;

class DocumentTableTest : public StoreTest {
 protected:
  template <typename Action>
  auto with_table(Action action) {
    return db->write([&](Transaction& tx) {
      DocumentTable documents(tx);
      return action(documents);
    });
  }

  DocumentRow row_of(const std::string& content, base::Milliseconds received_at = kNow) {
    const auto hashes = base::hashes_of(content);
    DocumentRow row;
    row.project = project.id;
    row.id = corpus::DocumentId::of(hashes.sha256);
    row.file_name = content + ".pdf";
    row.source = {hashes.md5, hashes.sha256, hashes.size, "application/pdf"};
    row.uploader = user.id;
    row.received_at = received_at;
    row.changed_at = kNow;
    return row;
  }
  corpus::DocumentId add(const std::string& content, base::Milliseconds received_at = kNow) {
    const DocumentRow row = row_of(content, received_at);
    (void)TAKE(with_table([&](DocumentTable& t) { return t.add(row); }));
    return row.id;
  }
  corpus::Document document_of(const std::string& content) {
    const DocumentRow row = row_of(content);
    corpus::Document document;
    document.id = row.id;
    document.source = row.source;
    document.sources = {
        {"E-" + content, content + ".pdf", "", "C-7", {{"household", {"h1", "h2"}}}, kNow - 5}};
    document.pages.resize(2);
    return document;
  }
  void put(const std::string& content) {
    TAKE(with_table([&](DocumentTable& t) {
      return t.put_from_git(project.id, document_of(content), "c0ffee", DocumentState::ready, kNow);
    }));
  }
  void set_text(const corpus::DocumentId& id, corpus::PageNumber page, const char* text) {
    TAKE(with_table([&](DocumentTable& t) { return t.set_page_text(project.id, id, page, text); }));
  }
  DocumentRow find(const corpus::DocumentId& id) {
    return TAKE(with_table([&](DocumentTable& t) { return t.find(project.id, id); }));
  }
  DocumentPage list(DocumentQuery query) {
    query.project = project.id;
    return TAKE(with_table([&](DocumentTable& t) { return t.list(query); }));
  }
  std::vector<std::string> names(DocumentQuery query) {
    std::vector<std::string> names;
    for (const DocumentRow& row : list(std::move(query)).rows) names.push_back(row.file_name);
    return names;
  }
  corpus::DocumentId id_of(const std::string& content) {
    return corpus::DocumentId::of(base::sha256_of(content));
  }
};

TEST_F(DocumentTableTest, GivesBackWhatWasAdded) {
  const DocumentRow row = row_of("a");
  EXPECT_EQ(TAKE(with_table([&](DocumentTable& t) { return t.add(row); })), Added::is_new);
  EXPECT_EQ(find(row.id), row);
  EXPECT_EQ(TAKE(with_table([&](DocumentTable& t) { return t.add(row); })), Added::was_there);
}

TEST_F(DocumentTableTest, RefusesOtherBytesUnderOneId) {
  add("a");
  DocumentRow other = row_of("b");
  other.id = id_of("a");
  EXPECT_EQ(test::code_of(with_table([&](DocumentTable& t) { return t.add(other); })),
            Code::conflict);
}

TEST_F(DocumentTableTest, KeepsProjectsApart) {
  const auto id = add("a");
  const Project letters = other_project();
  EXPECT_EQ(test::code_of(with_table([&](DocumentTable& t) { return t.find(letters.id, id); })),
            Code::not_found);
  set_text(id, 1, "secret words");
  EXPECT_TRUE(TAKE(with_table([&](DocumentTable& t) {
                return t.list({.project = letters.id, .text = "secret"});
              })).rows.empty());
}

TEST_F(DocumentTableTest, FollowsTheStateOfADocument) {
  const auto id = add("a");
  TAKE(with_table([&](DocumentTable& t) -> Result<void> {
    TRY(t.set_state(project.id, id, DocumentState::processing, kNow + 1));
    return t.set_progress(project.id, id, 2, 5, kNow + 2);
  }));
  EXPECT_EQ(find(id).state, DocumentState::processing);
  EXPECT_EQ(find(id).pages_done, 2);
  EXPECT_EQ(find(id).page_count, 5);
  TAKE(with_table([&](DocumentTable& t) {
    return t.set_failure(project.id, id, "encrypted", "The file is encrypted.", kNow + 3);
  }));
  EXPECT_EQ(find(id).state, DocumentState::failed);
  EXPECT_EQ(find(id).failure_code, "encrypted");
  EXPECT_EQ(find(id).changed_at, kNow + 3);
  TAKE(with_table([&](DocumentTable& t) {
    return t.set_state(project.id, id, DocumentState::queued, kNow + 4);
  }));
  EXPECT_EQ(find(id).failure_code, "");
}

TEST_F(DocumentTableTest, SaysThatADocumentIsMissing) {
  EXPECT_EQ(test::code_of(with_table([&](DocumentTable& t) {
              return t.set_state(project.id, id_of("no"), DocumentState::queued, kNow);
            })),
            Code::not_found);
}

TEST_F(DocumentTableTest, TakesOverADocumentFromGit) {
  const auto id = add("a");
  TAKE(with_table([&](DocumentTable& t) {
    return t.put_from_git(project.id, document_of("a"), "c0ffee", DocumentState::ready, kNow + 1);
  }));
  const DocumentRow row = find(id);
  EXPECT_EQ(row.state, DocumentState::ready);
  EXPECT_EQ(row.commit, "c0ffee");
  EXPECT_EQ(row.review_state, "new");
  EXPECT_EQ(row.page_count, 2);
  EXPECT_EQ(row.pages_done, 2);
  EXPECT_EQ(row.uploader, user.id);
  EXPECT_EQ(row.received_at, kNow);
}

TEST_F(DocumentTableTest, KeepsWhatIsKnownOfOneThatCannotBeRead) {
  const auto known = add("a"), unknown = row_of("b").id;
  for (const auto& id : {known, unknown}) {
    TAKE(with_table([&](DocumentTable& t) {
      return t.put_unreadable(project.id, id, "c0ffee", {"unreadable", "why"}, kNow);
    }));
    EXPECT_EQ(find(id).state, DocumentState::failed);
    EXPECT_EQ(find(id).failure_code, "unreadable");
  }
  EXPECT_EQ(find(known).source, row_of("a").source);
  put("b");
  EXPECT_EQ(find(unknown).state, DocumentState::ready);
}

TEST_F(DocumentTableTest, TellsWhichPagesFailed) {
  corpus::Document document = document_of("a");
  document.pages[1].failure = "the image is damaged";
  TAKE(with_table([&](DocumentTable& t) {
    return t.put_from_git(project.id, document, "c0ffee", DocumentState::partly_ready, kNow);
  }));
  EXPECT_EQ(find(document.id).failure_reason, "page 2: the image is damaged");
  EXPECT_EQ(find(document.id).pages_done, 1);
}

TEST_F(DocumentTableTest, PagesThroughAllExactlyOnce) {
  for (int i = 0; i < 7; ++i) add("d" + std::to_string(i), kNow + i / 2);  // ties
  std::set<std::string> seen;
  DocumentQuery query = {.limit = 3};
  std::vector<size_t> sizes;
  do {
    const DocumentPage page = list(query);
    sizes.push_back(page.rows.size());
    for (const DocumentRow& row : page.rows) EXPECT_TRUE(seen.insert(row.file_name).second);
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty());
  EXPECT_EQ(sizes, (std::vector<size_t>{3, 3, 1}));
  EXPECT_EQ(seen.size(), 7u);
}

TEST_F(DocumentTableTest, ListsTheNewestFirst) {
  add("old", kNow - 1);
  add("new", kNow + 1);
  EXPECT_EQ(names({}), (std::vector<std::string>{"new.pdf", "old.pdf"}));
}

TEST_F(DocumentTableTest, RefusesAForeignCursor) {
  for (const char* cursor : {"x", "W10", "e30", "WyJvdGhlciIsMSwiYSJd"}) {
    EXPECT_EQ(test::code_of(with_table([&](DocumentTable& t) {
                return t.list({.project = project.id, .cursor = cursor});
              })),
              Code::invalid);
  }
}

TEST_F(DocumentTableTest, FiltersByState) {
  add("a");
  const auto failed = add("b");
  TAKE(with_table(
      [&](DocumentTable& t) { return t.set_failure(project.id, failed, "x", "y", kNow); }));
  EXPECT_EQ(names({.state = DocumentState::failed}), std::vector<std::string>{"b.pdf"});
  const auto counts = TAKE(with_table([&](DocumentTable& t) { return t.counts(project.id); }));
  EXPECT_EQ(counts, (std::map<DocumentState, int64_t>{{DocumentState::uploaded, 1},
                                                      {DocumentState::failed, 1}}));
}

TEST_F(DocumentTableTest, FiltersByLabel) {
  const auto a = add("a"), b = add("b");
  TAKE(with_table([&](DocumentTable& t) -> Result<void> {
    TRY(t.set_labels(project.id, a, 1, {"total", "date"}));
    TRY(t.set_labels(project.id, a, 2, {"total"}));
    return t.set_labels(project.id, b, 1, {"name"});
  }));
  EXPECT_EQ(find(a).labels, (std::vector<std::string>{"date", "total"}));
  EXPECT_EQ(names({.label = "total"}), std::vector<std::string>{"a.pdf"});
  TAKE(with_table([&](DocumentTable& t) { return t.set_labels(project.id, a, 1, {}); }));
  EXPECT_EQ(find(a).labels, std::vector<std::string>{"total"});
}

TEST_F(DocumentTableTest, FiltersByReviewState) {
  put("a");
  put("b");
  TAKE(with_table([&](DocumentTable& t) {
    return t.set_review_state(project.id, id_of("b"), "submitted", kNow);
  }));
  EXPECT_EQ(names({.review_state = "submitted"}), std::vector<std::string>{"b.pdf"});
}

TEST_F(DocumentTableTest, FiltersByKeys) {
  put("a");
  put("b");
  EXPECT_EQ(names({.keys = {{"claim", "C-7"}}}).size(), 2u);
  EXPECT_EQ(names({.keys = {{"claim", "C-7"}, {"external_id", "E-b"}}}),
            std::vector<std::string>{"b.pdf"});
  EXPECT_EQ(names({.keys = {{"household", "h2"}}}).size(), 2u);
  EXPECT_TRUE(names({.keys = {{"claim", "C"}}}).empty());
  const auto with_key = [&](ProjectId where, const std::string& value) {
    return TAKE(with_table([&](DocumentTable& t) { return t.with_key(where, "claim", value); }));
  };
  EXPECT_EQ(with_key(project.id, "C-7").size(), 2u);
  EXPECT_TRUE(with_key(project.id, "C").empty());
  EXPECT_TRUE(with_key(other_project().id, "C-7").empty());
}

TEST_F(DocumentTableTest, ForgetsTheKeysOfRemovedSources) {
  put("a");
  TAKE(with_table([&](DocumentTable& t) {
    return t.set_sources(project.id, id_of("a"), {{"", "", "", "C-8", {}, kNow}}, kNow);
  }));
  EXPECT_TRUE(names({.keys = {{"claim", "C-7"}}}).empty());
  EXPECT_EQ(names({.keys = {{"claim", "C-8"}}}).size(), 1u);
}

TEST_F(DocumentTableTest, FiltersByUploader) {
  const User bob = other_user("Bob");
  const auto a = add("a");
  add("b");
  TAKE(with_table([&](DocumentTable& t) { return t.add_upload({project.id, a, bob.id, {}}); }));
  EXPECT_EQ(names({.uploader = bob.id}), std::vector<std::string>{"a.pdf"});
  EXPECT_TRUE(
      TAKE(with_table([&](DocumentTable& t) { return t.was_uploaded_by(project.id, a, bob.id); })));
  EXPECT_FALSE(TAKE(
      with_table([&](DocumentTable& t) { return t.was_uploaded_by(project.id, a, user.id); })));
}

TEST_F(DocumentTableTest, TellsSourcesOfOneUser) {
  const User bob = other_user("Bob");
  const auto id = add("a");
  for (const auto& uploaded : {std::pair(user.id, "hers"), std::pair(bob.id, "his")}) {
    corpus::Source source;
    source.file_name = uploaded.second;
    TAKE(with_table([&](DocumentTable& t) {
      return t.add_upload({project.id, id, uploaded.first, source});
    }));
  }
  const auto his =
      TAKE(with_table([&](DocumentTable& t) { return t.sources_of(project.id, id, bob.id); }));
  ASSERT_EQ(his.as_array()->size(), 1u);
  EXPECT_EQ(his.as_array()->front().string_or("file_name", ""), "his");
}

TEST_F(DocumentTableTest, KeepsEveryUpload) {
  const corpus::Source source = {.external_id = "1",
                                 .file_name = "a.pdf",
                                 .customer = "Müller",
                                 .claim = "C",
                                 .group_keys = {{"k", {"v", "w"}}},
                                 .received_at = kNow};
  const DocumentUpload upload{project.id, id_of("a"), user.id, source};
  TAKE(with_table([&](DocumentTable& t) { return t.add_upload(upload); }));
  EXPECT_EQ(TAKE(with_table([&](DocumentTable& t) { return t.uploads(project.id, id_of("a")); })),
            std::vector<DocumentUpload>{upload});
}

TEST_F(DocumentTableTest, FindsWords) {
  const auto a = add("a"), b = add("b", kNow - 1);
  set_text(a, 1, "Rechnung Nr. 4711\nGesamtbetrag 12,50 EUR");
  set_text(a, 2, "second page");
  set_text(b, 1, "RECHNUNG für Straße");
  EXPECT_EQ(names({.text = "rechnung"}), (std::vector<std::string>{"a.pdf", "b.pdf"}));
  EXPECT_EQ(names({.text = "Gesamtbetrag EUR"}), std::vector<std::string>{"a.pdf"});
  EXPECT_EQ(names({.text = "gesamt"}), std::vector<std::string>{"a.pdf"});
  EXPECT_EQ(names({.text = "STRASSE"}), std::vector<std::string>{"b.pdf"});
  EXPECT_TRUE(names({.text = "rechnung second"}).empty());
  EXPECT_TRUE(names({.text = "echnung"}).empty());
}

TEST_F(DocumentTableTest, ReadsAPageAgain) {
  const auto a = add("a");
  set_text(a, 1, "wrong");
  set_text(a, 1, "right");
  EXPECT_TRUE(names({.text = "wrong"}).empty());
  EXPECT_EQ(names({.text = "right"}).size(), 1u);
}

TEST_F(DocumentTableTest, TakesAnyTextAsWords) {
  set_text(add("a"), 1, "it's 100% \"quoted\" (so) C-7 *");
  for (const char* text : {"\"quoted\"", "(so)", "C-7", "100%", "it's", "* OR", "NEAR(a b)", "\"",
                           "-", "text : a", "   ", "\xe2\x80\x94"}) {
    EXPECT_OK(with_table(
        [&](DocumentTable& t) { return t.list({.project = project.id, .text = text}); }));
  }
  EXPECT_EQ(names({.text = "C-7"}).size(), 1u);
  EXPECT_EQ(names({.text = "\"quoted\""}).size(), 1u);
}

TEST_F(DocumentTableTest, RemovesADocumentWhole) {
  put("a");
  const auto id = id_of("a");
  set_text(id, 1, "words");
  TAKE(with_table([&](DocumentTable& t) -> Result<void> {
    TRY(t.set_labels(project.id, id, 1, {"total"}));
    TRY(t.add_upload({project.id, id, user.id, {}}));
    return t.remove(project.id, id);
  }));
  EXPECT_TRUE(names({.text = "words"}).empty());
  EXPECT_EQ(TAKE(with_table([&](DocumentTable& t) { return t.count(project.id); })), 0);
  EXPECT_TRUE(
      TAKE(with_table([&](DocumentTable& t) { return t.uploads(project.id, id); })).empty());
}

TEST_F(DocumentTableTest, ClearsWhatIsDerivedAndKeepsWhatIsOriginal) {
  add("failed", kNow - 9);
  put("ready");
  TAKE(with_table([&](DocumentTable& t) -> Result<void> {
    TRY(t.add_upload({project.id, id_of("ready"), user.id, {}}));
    TRY(t.set_failure(project.id, id_of("failed"), "x", "y", kNow));
    return t.clear_derived(project.id);
  }));
  EXPECT_EQ(names({}), std::vector<std::string>{"failed.pdf"});
  put("ready");
  EXPECT_EQ(find(id_of("ready")).uploader, user.id);
  EXPECT_EQ(find(id_of("ready")).received_at, kNow - 5);
}

TEST_F(DocumentTableTest, SortsByNameWithoutRegardToCaseAndPagesOn) {
  for (const char* name : {"b", "A", "c", "B2"}) add(name);
  std::vector<std::string> names;
  DocumentQuery query;
  query.sort = DocumentSort::name;
  query.descending = false;
  query.limit = 1;
  for (DocumentPage page = list(query);; page = list(query)) {
    for (const DocumentRow& row : page.rows) names.push_back(row.file_name);
    if (page.next_cursor.empty()) break;
    query.cursor = page.next_cursor;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"A.pdf", "b.pdf", "B2.pdf", "c.pdf"}));
  query.descending = true;
  EXPECT_EQ(with_table([&](DocumentTable& t) {
              query.project = project.id;
              return t.list(query);
            })
                .error()
                .code,
            Code::invalid);
}

TEST_F(DocumentTableTest, LeastSureFirstAndUnknownLast) {
  const auto unknown = add("unknown");
  const auto sure = add("sure");
  const auto unsure = add("unsure");
  for (const auto& [id, confidence] : {std::pair(sure, 980), std::pair(unsure, 510)}) {
    TAKE(with_table([&, id = id, confidence = confidence](DocumentTable& t) -> Result<void> {
      TRY(t.set_page_reading(project.id, id, 1, {7, confidence}));
      return t.sum_up_confidence(project.id, id);
    }));
  }
  const auto page = list({.sort = DocumentSort::confidence, .descending = false});
  ASSERT_EQ(page.rows.size(), 3u);
  EXPECT_EQ(page.rows[0].id, unsure);
  EXPECT_EQ(page.rows[2].id, unknown);
  EXPECT_EQ(list({.confidence = {900, 1000}}).rows.size(), 1u);
}

TEST_F(DocumentTableTest, FindsByPersonAndDate) {
  const auto early = add("early", 1'000);
  const auto late = add("late", 2'000);
  TAKE(db->write([&](Transaction& tx) {
    return AssignmentTable(tx).assign({project.id, user.id, kNow}, late, user.id);
  }));
  const auto mine = list({.assignee = user.id});
  ASSERT_EQ(mine.rows.size(), 1u);
  EXPECT_EQ(mine.rows[0].id, late);
  EXPECT_EQ(mine.rows[0].assignee, user.name);
  const auto nobodys = list({.unassigned = true});
  ASSERT_EQ(nobodys.rows.size(), 1u);
  EXPECT_EQ(nobodys.rows[0].id, early);
  EXPECT_EQ(list({.received_from = 1'001}).rows.size(), 1u);
  EXPECT_EQ(list({.received_until = 2'000}).rows.size(), 1u);
}

}  // namespace
}  // namespace storage
