#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/plan.h"

namespace kiln::engine {

/// Something that whoever watches over security wants to know, in the words of OWASP's logging vocabulary:
/// category (AUTHZ, AUTHN, SYS), event (authz_admin, authn_password_changed, sys_startup, sys_shutdown), and
/// further fields in their order: action, node, service, …
struct SecurityEvent {
  std::string category;
  std::string event;
  std::vector<std::pair<std::string, std::string>> fields;
};

/// Of every action that changes something on a host or in a database. No secret is in it.
SecurityEvent security_event(const Step& step, const Action& action);

/// "security=true category=AUTHZ event=authz_admin action=enable_service node=n1 service=chassis": values
/// with anything but letters, digits and ._:/@- are quoted as JSON strings.
std::string to_text(const SecurityEvent& event, const std::string& run);

/// Where security events go besides the journal. Any thread.
class AuditLog {
 public:
  virtual ~AuditLog() = default;
  virtual void write(const std::string& text) = 0;
};

/// syslog(3) of the machine that kiln runs on, facility authpriv, as `kiln`: journald's or a syslog daemon's.
class SystemAuditLog : public AuditLog {
 public:
  SystemAuditLog();
  void write(const std::string& text) override;
};

}  // namespace kiln::engine
