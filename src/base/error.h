#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

/// Errors of the world (a host, a file, a database said no) as values. Errors of the user's input are
/// Diags (diag.h); errors of kiln's own are KILN_ASSERT (assert.h). No exception crosses a file of kiln.

namespace kiln {

/// Chosen by what the caller can do about it.
enum class ErrorCode {
  failed,        ///< the world refused for a reason only a person can mend
  unreachable,   ///< no answer from the host or daemon: nothing is known, a retry may work
  timed_out,     ///< the deadline passed; whether it happened is not known
  not_found,     ///< the thing asked for is not there
  denied,        ///< permission or authentication
  precondition,  ///< a guard of an idempotent action did not hold: done already, or changed by another
  malformed,     ///< an answer that cannot be parsed
};

std::string_view to_string(ErrorCode code);

/// One failure: what was seen, then, outermost last, what kiln was doing.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

  /// Adds what was going on, e.g. "while reading the northbound database on n1".
  Error context(std::string doing) && {
    context_.push_back(std::move(doing));
    return std::move(*this);
  }

  /// The message, and each context after ": ", outermost first.
  std::string text() const;

  bool operator==(const Error&) const = default;

 private:
  ErrorCode code_;
  std::string message_;
  std::vector<std::string> context_;
};

template <typename T = void>
using Result = std::expected<T, Error>;

/// `return fail(ErrorCode::not_found, "…")` from any function that returns a Result.
inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected(Error(code, std::move(message)));
}

/// Hands an error on, with context added.
inline std::unexpected<Error> fail(Error error, std::string doing) {
  return std::unexpected(std::move(error).context(std::move(doing)));
}

}  // namespace kiln

#define KILN_CONCAT_(a, b) a##b
#define KILN_CONCAT(a, b) KILN_CONCAT_(a, b)

/// KILN_TRY(result): returns its error from the enclosing function, if it has one.
#define KILN_TRY(expression)                                   \
  do {                                                         \
    if (auto kiln_result_ = (expression); !kiln_result_)       \
      return std::unexpected(std::move(kiln_result_).error()); \
  } while (false)

// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses.
/// KILN_TRY_ASSIGN(auto rows, read_rows()): the value, or returns the error.
#define KILN_TRY_ASSIGN(declaration, expression)                                    \
  auto KILN_CONCAT(kiln_result_, __LINE__) = (expression);                          \
  if (!KILN_CONCAT(kiln_result_, __LINE__))                                         \
    return std::unexpected(std::move(KILN_CONCAT(kiln_result_, __LINE__)).error()); \
  declaration = std::move(*KILN_CONCAT(kiln_result_, __LINE__))
// NOLINTEND(bugprone-macro-parentheses)
