#include "runner/verbs/secret_options.h"

#include "runner/secret_reference.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace base = runtime::base;

void CheckSecret(const std::string& reference) {
  try {
    ResolveSecret(reference, SecretForm::kForSteps);
  } catch (const base::Error& e) {
    throw base::Error(base::ErrorKind::kUsage, std::string("--secret: ") + e.what());
  }
}

}  // namespace

void SecretOptions::Declare(CLI::App& app) {
  app.add_option("--secret", given,
                 "NAME: that variable's value; NAME=@FILE: the file's content. For the steps that\n"
                 "name it in `secrets`; may be repeated")
      ->allow_extra_args(false);
}

// Never a value on the command line: everybody on the host could see it.
std::map<std::string, std::string> SecretOptions::References() const {
  std::map<std::string, std::string> result;
  for (const std::string& entry : given) {
    const size_t equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    if (name.empty() || (equals != std::string::npos && entry.compare(equals, 2, "=@") != 0)) {
      throw base::Error(base::ErrorKind::kUsage,
                        "--secret " + base::ForMessage(name) +
                            ": expected NAME, for the value of that variable, or NAME=@FILE; a "
                            "value on the command line can be seen by everybody");
    }
    result[name] = equals == std::string::npos ? "env:" + name : "file:" + entry.substr(equals + 2);
    CheckSecret(result[name]);
  }
  return result;
}

}  // namespace runner
