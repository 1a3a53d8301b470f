// A checkout upon another one is, entry by entry, the checkout that is written whole.
#include "runtime/git/helper/write_changes.h"

#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>
#include <sstream>

#include "runtime/layer/attributes.h"
#include "runtime/layer/tree_walk.h"
#include "tests/unit/git/git_fixture.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using tests::GitRepository;

// A tree as a model: path to mode and content.
struct ModelEntry {
  std::string mode;
  std::string content;
};
using Model = std::map<std::string, ModelEntry>;

// Few names, so that each is a file, a directory, a link and nothing in turn.
class History {
 public:
  explicit History(unsigned seed) : random_(seed) {}

  Model Next(Model model) {
    for (int change = Pick(6); change >= 0; --change) {
      const std::string path = Path();
      if (Pick(3) == 0) {
        std::erase_if(model, [&](const auto& entry) { return IsIn(entry.first, path); });
      } else {
        std::erase_if(model, [&](const auto& entry) {
          return IsIn(entry.first, path) || IsIn(path, entry.first);
        });
        model[path] = Entry();
      }
    }
    return model;
  }

 private:
  int Pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }

  std::string Path() {
    static const std::vector<std::string> kNames = {"a", "A", "b", "c.txt", ".wh.d", "\xc3\xa4"};
    std::string path;
    for (int depth = Pick(4); depth >= 0; --depth) {
      path += kNames[static_cast<size_t>(Pick(6))] + (depth > 0 ? "/" : "");
    }
    return path;
  }

  ModelEntry Entry() {
    const std::string content = std::string(static_cast<size_t>(Pick(3)), 'x') + "y";
    switch (Pick(5)) {
      case 0:
        return {"100755", content};
      case 1:
        return {"120000", "../" + content};
      case 2:
        return {"160000", std::string(40, static_cast<char>('1' + Pick(3)))};
      default:
        return {"100644", content};
    }
  }

  static bool IsIn(const std::string& path, const std::string& top) {
    return path == top || path.starts_with(top + "/");
  }

  std::mt19937 random_;
};

std::string Quoted(const std::string& path) { return "\"" + path + "\""; }

// All commits of main, oldest first.
std::vector<std::string> Import(const GitRepository& repository, const std::vector<Model>& trees) {
  std::ostringstream stream;
  for (const Model& tree : trees) {
    stream << "commit refs/heads/main\ncommitter t <t@example.org> 1 +0000\ndata 1\nx\ndeleteall\n";
    for (const auto& [path, entry] : tree) {
      if (entry.mode == "160000") {
        stream << "M 160000 " << entry.content << " " << Quoted(path) << "\n";
      } else {
        stream << "M " << entry.mode << " inline " << Quoted(path) << "\ndata "
               << entry.content.size() << "\n"
               << entry.content << "\n";
      }
    }
  }
  repository.Git({"fast-import", "--quiet", "--force"}, stream.str());
  std::istringstream ids(repository.Git({"rev-list", "--reverse", "main"}));
  std::vector<std::string> commits;
  for (std::string id; std::getline(ids, id);) {
    commits.push_back(id);
  }
  return commits;
}

std::string Describe(int parent, const std::string& name, const struct stat& st) {
  std::ostringstream line;
  line << std::oct << st.st_mode << std::dec << " " << st.st_uid << ":" << st.st_gid << " "
       << st.st_mtim.tv_sec << "." << st.st_mtim.tv_nsec << " ";
  if (S_ISREG(st.st_mode)) {
    line << base::ReadAll(layer::OpenRegularFile(parent, name).get(), name);
  } else if (S_ISLNK(st.st_mode)) {
    line << layer::ReadLinkAt(parent, name);
  }
  return line.str();
}

std::string ListStack(const std::vector<fs::path>& stack) {
  const layer::OpenedStack opened(stack);
  std::string list = Describe(opened.top(), ".", [&] {
    struct stat st = {};
    ::fstat(opened.top(), &st);
    return st;
  }());
  layer::TreeWalk walk(opened.descriptors());
  for (layer::TreeWalk::Entry entry; walk.Next(entry);) {
    list += "\n" + entry.path + " " + Describe(entry.parent, entry.name, entry.st);
  }
  return list;
}

class Changes : public GitTest {
 protected:
  // The commit's tree, in the directory `out`, upon that of `base` where it is given.
  WrittenTree Write(const std::string& commit, const fs::path& out, const std::string& base = "",
                    uint64_t max_entries = 1000, uint64_t max_bytes = 1'000'000) {
    fs::create_directories(out);
    HelperRequest request = Local(repository_);
    request.commit = commit;
    request.limits = limits_;
    if (!base.empty()) {
      request.bases = {{.tree = TreeOf(base), .max_entries = max_entries, .max_bytes = max_bytes}};
    }
    CheckoutJob job(request, Path("mirror"), [](std::string_view) {});
    job.Resolve();
    return job.Write(out);
  }

  std::string TreeOf(const std::string& commit) const {
    return repository_.Git({"rev-parse", commit + "^{tree}"});
  }

  GitRepository repository_{Path("repository")};
  const std::string blob_ = repository_.Blob("x");
  CheckoutLimits limits_;
};

TEST_F(Changes, OfRandomHistoriesShowWhatWholeCheckoutsHave) {
  for (const unsigned seed : {1u, 2u, 3u}) {
    const GitRepository repository(Path("history-" + std::to_string(seed)));
    std::vector<Model> trees(1);
    History history(seed);
    for (int i = 0; i < 40; ++i) {
      trees.push_back(history.Next(trees.back()));
    }
    const std::vector<std::string> commits = Import(repository, trees);
    ASSERT_EQ(commits.size(), trees.size());
    fs::remove_all(Path("repository"));
    fs::rename(repository.path(), Path("repository"));
    const auto name = [&](const char* what, size_t i) {
      return Path(what + std::to_string(seed) + "-" + std::to_string(i));
    };
    for (size_t i = 0; i < commits.size(); ++i) {
      Write(commits[i], name("whole", i));
      const std::string expected = ListStack({name("whole", i)});
      for (const size_t base : {size_t{0}, i / 2, i == 0 ? i : i - 1}) {
        const fs::path out = name("changes", i);
        const WrittenTree written = Write(commits[i], out, commits[base]);
        ASSERT_EQ(written.base, TreeOf(commits[base])) << seed << " " << i;
        ASSERT_EQ(ListStack({name("whole", base), out}), expected) << seed << " " << i;
      }
    }
  }
}

TEST_F(Changes, HoldNothingThatIsInTheBase) {
  repository_.Write("dir/same", "1");
  repository_.Write("dir/gone", "1");
  repository_.Write("other/same", "1");
  const std::string before = repository_.Commit("before");
  repository_.Write("dir/new", "2");
  fs::remove(repository_.path() / "dir/gone");
  const std::string after = repository_.Commit("after");

  const WrittenTree written = Write(after, Path("out"), before);
  EXPECT_EQ(written.size.files, 1u);
  EXPECT_EQ(written.size.entries, 3u);
  struct stat gone = {};
  ASSERT_EQ(::lstat((Path("out") / "dir/gone").c_str(), &gone), 0);
  EXPECT_TRUE(layer::IsWhiteout(gone));
  EXPECT_FALSE(fs::exists(Path("out") / "dir/same"));
  EXPECT_FALSE(fs::exists(Path("out") / "other"));
}

TEST_F(Changes, OfMoreEntriesOrBytesThanTheBaseAllowsAreTheWholeTree) {
  repository_.Write("same", "1");
  const std::string before = repository_.Commit("before");
  repository_.Write("dir/a", "12345");
  const std::string after = repository_.Commit("after");

  EXPECT_EQ(Write(after, Path("enough"), before, 2, 5).base, TreeOf(before));
  EXPECT_EQ(Write(after, Path("entries"), before, 1, 5).base, "");
  EXPECT_TRUE(fs::exists(Path("entries") / "same"));
  EXPECT_EQ(Write(after, Path("bytes"), before, 2, 4).base, "");
  EXPECT_TRUE(fs::exists(Path("bytes") / "same"));
}

TEST_F(Changes, FromATreeThatTheRepositoryDoesNotHaveAreTheWholeTree) {
  repository_.Write("a", "1");
  const std::string commit = repository_.Commit("one");
  HelperRequest request = Local(repository_);
  request.bases = {{.tree = std::string(40, 'a'), .max_entries = 100, .max_bytes = 100},
                   {.tree = TreeOf(commit), .max_entries = 100, .max_bytes = 100}};
  fs::create_directories(Path("out"));
  CheckoutJob job(request, Path("mirror"), [](std::string_view) {});
  job.Resolve();
  EXPECT_EQ(job.Write(Path("out")).base, TreeOf(commit)) << "the next one that will do is taken";

  request.bases.pop_back();
  CheckoutJob other(request, Path("mirror"), [](std::string_view) {});
  other.Resolve();
  EXPECT_EQ(other.Write(Path("out")).base, "");
  EXPECT_EQ(ReadOut("a"), "1");
}

TEST_F(Changes, RefuseWhatAWholeCheckoutRefuses) {
  const std::string before = repository_.CommitEntries({{"100644", "a", blob_}});
  const std::string tree = repository_.Tree({{"100644", "x", blob_}});
  const std::string link = repository_.Blob(Path("victim").string());
  fs::create_directories(Path("victim"));
  for (const std::vector<GitRepository::Entry>& entries :
       std::vector<std::vector<GitRepository::Entry>>{
           {{"100644", ".git", blob_}, {"100644", "a", blob_}},
           {{"40000", ".GIT", tree}, {"100644", "a", blob_}},
           {{"100644", "a", blob_}, {"100644", "../b", blob_}},
           {{"100644", "a", blob_}, {"100644", "a", repository_.Blob("other")}},
           {{"100644", "a", repository_.Blob("other")}, {"100644", "a", blob_}},
           {{"100644", "a", blob_}, {"120000", "d", link}, {"40000", "d", tree}},
           {{"100644", "a", tree}},
           {{"40000", "a", blob_}},
           {{"100644", "a", blob_}, {"100644", "b", std::string(40, 'e')}},
           {{"120000", "a", repository_.Blob("")}}}) {
    const std::string after = repository_.CommitEntries(entries);
    const std::string whole = ErrorOf([&] { Write(after, Path("whole")); });
    EXPECT_NE(whole, "") << entries.back().name;
    EXPECT_EQ(ErrorOf([&] { Write(after, Path("changes"), before); }), whole);
    EXPECT_TRUE(fs::is_empty(Path("victim")));
  }
}

TEST_F(Changes, KeepTheLimitsOfACheckout) {
  const std::string before = repository_.CommitEntries({{"100644", "a", blob_}});
  std::string deep = repository_.Tree({{"100644", "x", blob_}});
  for (int i = 0; i < 6; ++i) {
    deep = repository_.Tree({{"40000", "d", deep}});
  }
  const std::string after =
      repository_.CommitEntries({{"100644", "a", blob_}, {"40000", "d", deep}});
  limits_.depth = 4;
  EXPECT_THAT(ErrorOf([&] { Write(after, Path("out"), before); }),
              testing::HasSubstr("deeper than the limit of 4"));
  limits_ = {};
  limits_.file_bytes = 3;
  const std::string large = repository_.CommitEntries({{"100644", "a", repository_.Blob("four")}});
  EXPECT_THAT(ErrorOf([&] { Write(large, Path("out"), before); }),
              testing::HasSubstr("for one file"));
}

}  // namespace
}  // namespace runtime::git
