#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/seams.h"
#include "model/fact.h"
#include "model/plan.h"
#include "model/spec.h"
#include "model/state.h"

namespace kiln::resources {

/// What the facts say of one resource.
struct Foreign {  ///< it is there, but not ours, and may not be touched
  std::string why;
};
using Observation = std::variant<Unknown, Absent, Foreign, State>;

/// An edge between resources: this one's steps wait for the other's (and, where the other does not change,
/// for whatever that one waits for). A need of a resource that does not exist is dropped. If the other is put
/// off, so is this one, unless only the order matters.
struct Need {
  ResourceId resource;
  std::string reason;
  bool order_only = false;
};

/// One wanted thing (or, for removal, one thing no longer wanted). Immutable. A kind of resource is one file
/// in host/, central/, ovs/, bgp/ or nb/ and one line in kinds_reference.cc.
class Resource {
 public:
  Resource(ResourceId id, HostName host, Span span)
      : id_(std::move(id)), host_(std::move(host)), span_(std::move(span)) {}
  virtual ~Resource() = default;

  const ResourceId& id() const { return id_; }
  const HostName& host() const { return host_; }  ///< kCluster for rows of nb and sb
  const Span& span() const { return span_; }

  /// What must be known before it can be compared. Never more than it needs.
  virtual std::vector<Probe> probes() const = 0;
  /// Nothing: it is to be removed.
  virtual std::optional<State> wanted() const = 0;
  /// Pure. Unknown if a fact that matters is.
  virtual Observation observe(const Facts& facts) const = 0;
  virtual std::vector<Need> needs() const { return {}; }
  /// The steps that carry out `change` (create, update, replace or remove), to be run in this order; ids
  /// are unique and begin with id().text(). An error says why it cannot be planned: the change is deferred.
  virtual Result<std::vector<Step>> steps(const Change& change, const Facts& facts, Random& random) const = 0;
  /// A change of this attribute cannot be made in place: the old thing goes first, then the new one comes.
  virtual bool replaces(const AttributeChange& /*attribute*/) const { return false; }
  /// Where an attribute was asked for.
  virtual Span span_of(const std::string& /*attribute*/) const { return span_; }

 private:
  ResourceId id_;
  HostName host_;
  Span span_;
};

using Resources = std::vector<std::unique_ptr<const Resource>>;

}  // namespace kiln::resources
