// Kerberos for the static helper: there is none.
//
// Debian's libgit2 can negotiate a login through GSSAPI (RFC 2744), whose library exists only as a
// shared one and loads plug-ins. These answer that no mechanism is available, so a server that
// offers "Negotiate" is answered with the other kinds of credentials.
#include <cstdint>

namespace {
constexpr uint32_t kUnavailable = 16u << 16;  // GSS_S_UNAVAILABLE, RFC 2744 section 3.9.1

uint32_t Unavailable(uint32_t* minor_status) {
  if (minor_status != nullptr) {
    *minor_status = 0;
  }
  return kUnavailable;
}
}  // namespace

extern "C" {

extern void* GSS_C_NT_HOSTBASED_SERVICE;
void* GSS_C_NT_HOSTBASED_SERVICE = nullptr;

uint32_t gss_indicate_mechs(uint32_t* minor_status, void** mechanisms) {
  *mechanisms = nullptr;
  return Unavailable(minor_status);
}
uint32_t gss_import_name(uint32_t* minor_status, void* /*buffer*/, void* /*type*/, void** name) {
  *name = nullptr;
  return Unavailable(minor_status);
}
uint32_t gss_init_sec_context(uint32_t* minor_status, ...) { return Unavailable(minor_status); }
uint32_t gss_delete_sec_context(uint32_t* minor_status, void** /*context*/, void* /*token*/) {
  return Unavailable(minor_status);
}
uint32_t gss_display_status(uint32_t* minor_status, ...) { return Unavailable(minor_status); }
uint32_t gss_release_buffer(uint32_t* minor_status, void* /*buffer*/) {
  return Unavailable(minor_status);
}
uint32_t gss_release_name(uint32_t* minor_status, void** /*name*/) {
  return Unavailable(minor_status);
}
uint32_t gss_release_oid_set(uint32_t* minor_status, void** /*set*/) {
  return Unavailable(minor_status);
}
}
