#include <fmt/format.h>

#include "config/check.h"

// The authority: can its key be encrypted, and does it outlive what it signs?

namespace kiln::config {

void check_trust(const Desired& desired, Diags& diags) {
  const CaSpec& ca = desired.ca;
  const Span& place = ca.places.self.known() ? ca.places.self : desired.cluster.places.self;
  if (ca.mode == "self-signed" && !ca.places.has("passphrase"))
    diags
        .error("missing-passphrase", place,
               ca.places.self.known()
                   ? "[ca] has no `passphrase`; a self-signed authority's key is encrypted with one"
                   : "the file has no [ca] with a `passphrase`; a self-signed authority's key is encrypted "
                     "with one")
        .help = ca.places.self.known() ? "add passphrase = { env = \"KILN_CA_PASSPHRASE\" }"
                                       : "add [ca] with passphrase = { env = \"KILN_CA_PASSPHRASE\" }";
  if (ca.mode == "self-signed" && ca.leaf_lifetime_days > ca.lifetime_days) {
    const bool leaf = ca.places.has("leaf-lifetime-days");
    diags
        .error("leaf-outlives-ca", ca.places.at(leaf ? "leaf-lifetime-days" : "lifetime-days"),
               fmt::format(
                   "certificates are valid for {} days, their authority for {} days; the authority has to "
                   "be valid for longer",
                   ca.leaf_lifetime_days, ca.lifetime_days))
        .help = fmt::format("add leaf-lifetime-days = {}", ca.lifetime_days);
  }
}

}  // namespace kiln::config
