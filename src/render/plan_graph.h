#pragma once

#include <string>

#include "model/plan.h"

namespace kiln::render {

enum class GraphFormat { dot, mermaid };

/// The plan's steps and what each waits for, for graphviz (`dot -Tsvg`) or Mermaid. Edges that others imply
/// are left out.
std::string plan_graph(const Plan& plan, GraphFormat format);

/// Everything about one step: why, after what and before what, what it does and what it waits for. Empty if
/// the plan has no such step.
std::string step_explained(const Plan& plan, const std::string& id);

}  // namespace kiln::render
