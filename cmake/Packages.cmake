# The libraries of docs/dependencies.md, as targets.

# What static programs use comes from archives; the others then take the archives too. Searched anew by
# each configuration, since RUNNER_STATIC may have changed.
unset(OPENSSL_CRYPTO_LIBRARY CACHE)
unset(OPENSSL_SSL_LIBRARY CACHE)
set(OPENSSL_USE_STATIC_LIBS ${RUNNER_STATIC})

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(ZLIB REQUIRED)
find_package(EXPAT REQUIRED)
find_package(Boost 1.74 REQUIRED)

pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(libgit2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(libseccomp REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(libcap REQUIRED IMPORTED_TARGET libcap)
if(RUNNER_STATIC)
  find_library(LIBCAP_ARCHIVE libcap.a REQUIRED)
  set_target_properties(PkgConfig::libcap PROPERTIES INTERFACE_LINK_LIBRARIES ${LIBCAP_ARCHIVE})
endif()
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(isal REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(tinyxml2 REQUIRED IMPORTED_TARGET tinyxml2)
