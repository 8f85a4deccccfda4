#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/seams.h"
#include "model/spec.h"
#include "transport/transport.h"

namespace kiln::transport {

/// The real transport: hosts over OpenSSH or locally, files of the controller through FileIo. It makes a
/// private folder for its sockets and removes it when it goes. Connections end with it, those of a kiln that
/// was killed too, as soon as the script has ended that they run.
std::unique_ptr<Transport> make_transport(const Desired& desired, Signer& signer, FileIo& files,
                                          const Clock& clock, Random& random);

}  // namespace kiln::transport
