#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "model/fact.h"
#include "model/spec.h"

/// What the northbound remembers of the deployment as a whole: keys of NB_Global.external_ids.

namespace kiln::resources {

/// `kiln-deployment`: which one it is, a uuid; "" where there is none.
inline constexpr const char* kDeploymentKey = "kiln-deployment";
std::string deployment_record(const Facts& facts);

/// `kiln-authority`: where the authority was made, "HOST:FOLDER", for whoever looks for it; "" where that is
/// not known.
std::string authority_record(const Facts& facts);

/// `kiln-include-<pattern>`: how many files each pattern of `include` matched when the file was last applied.
std::map<std::string, std::size_t> include_record(const Facts& facts);

/// A line for each pattern of `include` that matches fewer files than when the file was last applied, and
/// some.
std::vector<std::string> shrunk_includes(const Desired& desired, const Facts& facts);

/// Part of why a file whose include has lost all files is not applied.
inline constexpr const char* kLostFiles = "matched when the file was last applied, and matches no file now";

}  // namespace kiln::resources
