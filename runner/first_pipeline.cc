#include "runner/first_pipeline.h"

#include <string>
#include <utility>

namespace runner {
namespace {

using pipeline::DraftPipeline;
using pipeline::DraftStep;

constexpr char kDebian[] = "debian:12";

// How a kind of project is built and tested.
struct Tools {
  std::string image = "";
  std::string check = "";    // what to look at in that choice
  std::string prepare = "";  // before each command
  std::string build = "";
  std::string install = "";  // puts what is shipped below out/; empty: nothing is
  std::string test = "";
  std::string junit = "";
  std::string runtime = kDebian;  // base of the image that is pushed
};

std::string Lines(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + "\n" + b;
}

Tools CmakeTools() {
  return {.image = "gcc:14",
          .check = "the compiler's image; an image with cmake in it makes the first line needless",
          .prepare = "apt-get update -q && apt-get install -qy --no-install-recommends cmake",
          .build = "cmake -B build -DCMAKE_BUILD_TYPE=Release\ncmake --build build -j\"$CPUS\"",
          .install = "DESTDIR=\"$PWD/out\" cmake --install build --prefix /usr",
          .test = "ctest --test-dir build --output-on-failure --output-junit ../reports/ctest.xml",
          .junit = "reports/ctest.xml"};
}

Tools NodeTools(const ProjectFiles& project) {
  Tools tools = {.image = "node:22",
                 .check = "the version of node",
                 .build = project.npm_lock ? "npm ci" : "npm install",
                 .runtime = "node:22"};
  if (project.npm_scripts.contains("build")) {
    tools.build += "\nnpm run build";
  }
  if (project.npm_scripts.contains("test")) {
    tools.test = "npm test";
  }
  tools.install = "mkdir -p out/app\ncp -r package.json node_modules out/app/";
  return tools;
}

Tools GoTools(const std::string& version) {
  return {.image = "golang:" + (version.empty() ? "1.22" : version),
          .check = "the version of go",
          .build = "mkdir -p out/usr/bin\nCGO_ENABLED=0 go build -o out/usr/bin/ ./...",
          .install = "ls out/usr/bin",
          .test = "go test ./..."};
}

Tools RustTools(const std::string& name) {
  return {.image = "rust:1",
          .check = "the version of rust",
          .build = "cargo build --release",
          .install = "install -D -t out/usr/bin target/release/" + name,
          .test = "cargo test"};
}

Tools PythonTools() {
  return {.image = "python:3.12",
          .check = "the version of python, and how its tests are run",
          .prepare = "pip install . pytest",
          .build = "python -m compileall -q .",
          .install = "pip install --target out/app .",
          .test = "python -m pytest --junit-xml=reports/pytest.xml",
          .junit = "reports/pytest.xml",
          .runtime = "python:3.12"};
}

// By the language's own files; a Makefile's commands are put over it.
Tools ToolsOf(const ProjectFiles& project) {
  if (project.go_version) {
    return GoTools(*project.go_version);
  }
  if (project.cargo_name) {
    return RustTools(*project.cargo_name);
  }
  if (project.package_json) {
    return NodeTools(project);
  }
  if (project.pyproject) {
    return PythonTools();
  }
  if (project.cmake) {
    return CmakeTools();
  }
  return {.image = project.makefile ? "gcc:14" : kDebian,
          .check = project.makefile ? "an image with all that the Makefile needs"
                                    : "the image and the command: no build file was found",
          .build = "echo \"write here how to build\""};
}

void PutMakefileOver(const ProjectFiles& project, Tools& tools) {
  const auto has = [&](const char* target) { return project.make_targets.contains(target); };
  tools.build = has("build") ? "make build" : "make";
  tools.install = has("install") ? "make install DESTDIR=\"$PWD/out\"" : "";
  tools.test = has("test") ? "make test" : has("check") ? "make check" : "";
  tools.junit = "";
}

DraftStep BuildStep(const Tools& tools) {
  DraftStep step;
  step.name = "build";
  step.comments = {"CHECK: " + tools.check + "."};
  step.image = tools.image;
  step.run = Lines(Lines(tools.prepare, tools.build), tools.install);
  return step;
}

DraftStep TestStep(const Tools& tools) {
  DraftStep step;
  step.name = "test";
  step.image = tools.image;
  step.run = Lines(tools.prepare, tools.test);
  if (tools.junit.empty()) {
    step.comments = {
        "CHECK: when the tests write JUnit files, name them with `tests: {junit: ...}`."};
  } else {
    step.junit = {tools.junit};
  }
  return step;
}

void AddImage(const ProjectFiles& project, const Tools& tools, DraftPipeline& draft) {
  DraftStep package;
  package.name = "package";
  package.comments = {"The image that is shipped: a base, and what the build has put below out/.",
                      "CHECK: the base, and add `entrypoint: [...]`."};
  package.from = tools.runtime;
  if (project.dockerfile_base) {
    package.comments.push_back(
        "CHECK: the Dockerfile is not used; its base is, where it has a name.");
    package.from = project.dockerfile_base->empty() ? tools.runtime : *project.dockerfile_base;
  }
  package.copy = {{"out/", "/"}};
  draft.steps.push_back(std::move(package));

  DraftStep push;
  push.name = "push";
  push.comments = {"CHECK: your registry, and the branch. Log in with: runner registry login",
                   "CHECK: better than `untested` is a step with `tests` that runs in the image."};
  push.condition = "event == \"push\" && branch == \"main\"";
  push.push_image_of = "package";
  push.push_to = "registry.example.org/" + project.name;
  push.push_untested = true;
  draft.steps.push_back(std::move(push));
}

}  // namespace

DraftPipeline ProposePipeline(const ProjectFiles& project) {
  Tools tools = ToolsOf(project);
  if (project.makefile) {
    PutMakefileOver(project, tools);
  }
  DraftPipeline draft;
  draft.comments = {"Written by `runner init`: a proposal. Lines with CHECK are for you to decide.",
                    "Try it: runner exec --no-push", "The checkout comes first, by itself."};
  draft.steps.push_back(BuildStep(tools));
  if (!tools.test.empty()) {
    draft.steps.push_back(TestStep(tools));
  }
  if (!tools.install.empty()) {
    AddImage(project, tools, draft);
  }
  return draft;
}

}  // namespace runner
