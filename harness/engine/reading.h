// What a response means for the request that got it: an answer, or what to do instead. Decided by numbers and by
// what the vendor's dialect reads, never by reason phrases.
#pragma once

#include <chrono>
#include <optional>

#include "base/http.h"
#include "domain/answer.h"
#include "domain/ledger.h"
#include "domain/spec.h"
#include "providers/provider.h"

namespace plumb {

struct Reading {
  enum class Kind {
    answered,
    refused,    // asking again gets the same
    transient,  // may work next time; nothing was worked on
    throttled,  // too fast
    unclear,    // sent whole, no reply that can be read: it may have been worked on, and billed
    denied,     // not allowed, or told to come back much later: may concern this request only
    stop,       // the account cannot work
  };
  Kind kind = Kind::answered;
  std::optional<Completion> completion;            // if answered, where there is a provider to read it
  Failure failure;                                 // if not answered: what it is when it is not asked again
  std::optional<std::chrono::milliseconds> after;  // what the server asked to wait; 10 minutes at most

  bool may_ask_again() const { return kind == Kind::transient || kind == Kind::throttled || kind == Kind::unclear; }
};

// By what the transport says alone, before anything reads the body: as the ledger keeps it. A reply that came whole
// and turns out to be no JSON is `replied` here and Reading::Kind::unclear below.
AttemptEnd::State state_of(const HttpResponse&);

// Both may be null: then a 2xx with a body is an answer, without a completion.
Reading read(const HttpResponse&, const Provider*, const Model*);

}  // namespace plumb
