// What `plumb doctor` asks of the models of an evaluation, and what it makes of the answers. Does no I/O over the
// network itself.
#pragma once

#include <string>
#include <vector>

#include "base/http.h"
#include "domain/spec.h"

namespace plumb {

struct Finding {
  bool good = false;
  std::string words;
};

// One model for each endpoint that has to be asked: those with the same provider, address and key are one. Without
// models that run inside plumb, and without programs, which are looked for (check_program).
std::vector<const Model*> endpoints_of(const EvalSpec&);

// As people know it: its address, and the variable of its key where several keys are in use.
std::string endpoint_name(const Model&, const EvalSpec&);

// What a run would meet, by the answer to Provider::probe. Of a service of one's own only the origin was asked, and
// whether it has a page there says nothing; a server's own failure (5xx) does.
Finding judge_probe(const Model&, const HttpResponse&);

// Whether the program is there and may be run, and the script that is its first argument.
Finding check_program(const Program&);

// "openai, anthropic: prices of 2026-10-03; no price is known for mini, tiny" : what the cost of a run rests on.
// Empty where no model has or needs a price.
std::string describe_prices(const EvalSpec&);

}  // namespace plumb
