#pragma once

#include <string>

namespace kiln::config {

/// The page of every table and key of the file, in Markdown, made from model/describe.h: type, default, unit,
/// what it is for and an example of each.
std::string file_reference();

/// What is missing in model/describe.h, a line each: a key without a sentence, an example, or a unit where
/// its name says that there is one.
std::string undescribed();

}  // namespace kiln::config
